"""The time of a submission as a whole: whatever is open when it is over has run out of time."""

from dataclasses import replace

from engine import ISOLATION, LIMITS, Engine

from graders.grading import Worker, _Run
from graders.report import Status

OVER = "The submission as a whole ran longer than it may."


def _graded(answer, questions, seconds):
    limits = replace(LIMITS, submission_seconds=seconds)
    with Worker(limits, isolation=ISOLATION, secret=b"test") as worker:
        return Engine(worker).graded(answer, *["assert f() == 1"] * questions)


def test_what_is_open_at_the_end_has_run_out_of_time():
    graded = _graded("import time\ndef f(): time.sleep(1); return 1", 12, 8)
    questions = graded.report.questions
    assert questions[0].status is Status.PASSED
    assert {(q.status, q.points, q.message) for q in questions[-3:]} == {
        (Status.TIMEOUT, 0.0, OVER)
    }
    shown = graded.notebook["cells"][-1]["outputs"]
    assert [output["evalue"] for output in shown] == [OVER]


def test_a_question_that_nobody_decided_is_no_zero(monkeypatch):
    monkeypatch.setattr(_Run, "_keep_verdict", lambda *_: None)
    (question,) = _graded("def f(): return 1", 1, 60).report.questions
    assert question.status is Status.HARNESS_ERROR
    assert question.points is None


def test_a_submission_that_keeps_ending_its_process_is_not_our_fault(monkeypatch):
    """The end may come while its process is being started for the fifth time."""
    send, sent = Worker._send_job, []

    def send_four(*arguments):
        sent.append(None)
        if len(sent) <= 4:
            send(*arguments)

    monkeypatch.setattr(Worker, "_send_job", send_four)
    graded = _graded("import os\ndef f(): os._exit(1)", 6, 10)
    statuses = [question.status for question in graded.report.questions]
    assert len(sent) == 5
    assert set(statuses) == {Status.CRASHED, Status.TIMEOUT}
    assert statuses[-1] is Status.TIMEOUT


def test_a_sandbox_that_never_begins_is_our_fault(monkeypatch):
    monkeypatch.setattr(Worker, "_send_job", lambda *_: None)
    (question,) = _graded("def f(): return 1", 1, 1).report.questions
    assert question.status is Status.HARNESS_ERROR
    assert question.points is None
