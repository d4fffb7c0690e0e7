"""Grade a submission: run it in a sandbox, judge it outside, and never lose a question.

A `Worker` keeps two templates, one for guests (student code) and one for judges, and forks a
pair of them for every submission. The pair goes through the notebook once. If a cell ends the
guest or hangs it, that cell's outcome is noted, both are started anew, run what came before
without it, and go on behind it.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import secrets
import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from graders.judge import IN_STUDENT_PROCESS, STATEFUL, submission_seed
from graders.limits import Limits
from graders.ownership import Ownership, constants, imported_modules, ownership, parse
from graders.rebuild import Cell, Rebuilt, rebuild
from graders.regrade import Settled
from graders.report import Question, Report, Status, seen_from
from graders.sandbox import wire
from graders.sandbox.process import SandboxError, Template
from graders.sandbox.template import FULL
from graders.sanitise import Sanitiser
from graders.verdict import Verdict, undecided
from graders.version import versions

UNLIMITED = 1 << 40  # bytes of a message between processes that trust each other
STARTS = 3  # how often a submission is started afresh when a template dies under it
GRACE_SECONDS = 3.0  # beyond a cell's own limit, before its process is ended from outside
_LOST_WORDS = {
    Status.TIMEOUT: "ran longer than it may",
    Status.MEMORY: "needed more memory than it may have",
    Status.CRASHED: "ended the process that it ran in",
}


@dataclass(frozen=True, slots=True)
class Graded:
    """A report, and the notebook as it ran: nbformat with outputs, for `autograded/`."""

    report: Report
    notebook: dict[str, Any]


def grade(
    source: bytes,
    submission: bytes,
    *,
    limits: Limits | None = None,
    secret: bytes | None = None,
    isolation: str = FULL,
) -> Report:
    """Grade one submission against the instructor's notebook.

    `isolation="none"` runs the student's code in a process of its own with limits, but not shut
    in; the default refuses to run where the machine cannot shut it in.

    Raises:
        SourceProblem: `source` is not a notebook that can be graded.
        SandboxError: this machine cannot isolate student code; the text says why.
    """
    rebuilt = rebuild(source, submission)
    with Worker(limits or Limits(), isolation=isolation, secret=secret) as worker:
        return worker.grade_rebuilt(rebuilt, source=source).report


class Worker:
    """Grades submissions one after the other; survives whatever one of them does."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        isolation: str = FULL,
        secret: bytes | None = None,
    ) -> None:
        if isolation not in (FULL, "none"):
            raise ValueError(f"isolation is 'full' or 'none', not {isolation!r}")
        self._limits = limits or Limits()
        self._isolation = isolation
        self._secret = secret or secrets.token_bytes(32)
        self._templates: dict[str, Template] = {}
        self._loaded: set[str] = set()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self) -> None:
        """Start what the first submission will need, without waiting for it."""
        for kind in ("guest", "judge"):
            self._template(kind)

    def close(self) -> None:
        """End all processes of this worker."""
        for template in self._templates.values():
            template.close()
        self._templates.clear()
        self._loaded.clear()

    def grade_rebuilt(
        self,
        rebuilt: Rebuilt,
        label: str = "",
        *,
        source: bytes | None = None,
        files: Mapping[str, bytes] | None = None,
        settled: Mapping[int, Settled] | None = None,
    ) -> Graded:
        """Grade a rebuilt notebook; `files` lie in the folder that it runs in.

        `settled` are test cells by index whose outcome stands; they are not judged again.

        `source` is the instructor's notebook. Its solutions say which names the student was
        asked for; without it, a test cannot use a class of the student's in arithmetic.
        """
        started = time.monotonic()
        asked = ownership(source) if source else Ownership()
        run = _Run(rebuilt, asked, dict(files or {}), self._limits, dict(settled or {}))
        if rebuilt.problem is None:
            try:
                self._load(rebuilt)
            except SandboxError:  # a template died since the last submission
                self._reset()
                self._load(rebuilt)
            # What it takes to load the libraries is not the first student's time.
            deadline = time.monotonic() + self._limits.submission_seconds
            while not run.finished:
                if time.monotonic() >= deadline:
                    run.out_of_time()
                    break
                self._session(run, deadline)
        report = run.report(label, time.monotonic() - started)
        return Graded(report, run.executed)

    def _template(self, kind: str) -> Template:
        if kind not in self._templates:
            entry, isolation = {
                "guest": ("graders.sandbox.guest", self._isolation),
                "judge": ("graders.judge", "none"),
            }[kind]
            self._templates[kind] = Template(entry, self._limits, isolation=isolation)
        return self._templates[kind]

    def _load(self, rebuilt: Rebuilt) -> None:
        """Have the templates import what the instructor's cells import, once."""
        self.prepare()
        tests, given = (
            imported_modules(tuple(c.source for c in rebuilt.cells if c.role == role))
            for role in ("test", "given")
        )
        here = [module for module in given if module not in STATEFUL]
        for kind, modules in (("guest", given), ("judge", [*here, *tests])):
            self._template(kind).wait()
            new = [name for name in modules if f"{kind} {name}" not in self._loaded]
            if new:
                self._loaded.update(f"{kind} {name}" for name in new)
                self._template(kind).load(new)

    def _session(self, run: _Run, deadline: float) -> None:
        """Start a guest and a judge, and follow them as far as they come."""
        guests, judges = self._template("guest"), self._template("judge")
        killed_before = guests.killed_for_memory()
        broken: str | None = None
        code = 0
        try:
            with contextlib.ExitStack() as stack:
                guest_end, judge_to_guest = _pair(stack)
                judge_end, own_end = _pair(stack)
                guests.spawn(guest_end.fileno())
                judges.spawn(judge_to_guest.fileno(), judge_end.fileno())
                guest, judge = guests.spawned(), judges.spawned()
                for end in (guest_end, judge_to_guest, judge_end):
                    end.close()  # else no one notices when the other side is gone
                channel = wire.Channel(own_end, UNLIMITED)
                self._send_job(channel, run)
                broken = run.follow(channel, deadline)
            judges.discard(judge)
            if broken is None:
                guests.discard(guest)
                return
            code = guests.end(guest)
        except SandboxError:
            broken = broken or "sandbox"
            self._reset()
        if run.finished:
            return
        killed = guests.killed_for_memory() > killed_before
        run.lose(_reason(broken or "", code, killed), broken or "")

    def _reset(self) -> None:
        """Start afresh after a template died; the next session makes new ones."""
        with contextlib.suppress(SandboxError, OSError):
            self.close()

    def _send_job(self, channel: wire.Channel, run: _Run) -> None:
        job = run.job() | {"seed": submission_seed(self._secret, run.identity)}
        encoder = wire.Encoder(_no_reference, UNLIMITED)
        try:
            channel.send(encoder.encode(job), encoder.blobs)
        except wire.WireError as error:
            raise SandboxError(str(error)) from error


def _pair(stack: contextlib.ExitStack) -> tuple[socket.socket, socket.socket]:
    one, other = socket.socketpair()
    return stack.enter_context(one), stack.enter_context(other)


def _no_reference(*_: Any) -> Any:
    raise TypeError("a job is plain data")


def _reason(broken: str, code: int, out_of_memory: bool) -> Status:
    """Why the guest is gone, as far as the outside can tell."""
    if broken == "timeout":
        return Status.TIMEOUT
    if out_of_memory:
        return Status.MEMORY
    if broken in ("judge", "sandbox"):
        return Status.HARNESS_ERROR
    return Status.TIMEOUT if code in (128 + 24, -24) else Status.CRASHED  # SIGXCPU


@dataclass(slots=True)
class _Run:
    """One submission on its way: what is known so far, and what remains to be run."""

    rebuilt: Rebuilt
    asked: Ownership
    files: dict[str, bytes]
    limits: Limits
    settled: dict[int, Settled]
    executed: dict[str, Any] = field(init=False)
    identity: bytes = field(init=False)
    resume: int = 0
    current: int = -1
    alone: int = -1
    failure: str = ""
    begun: bool = False
    sessions: int = 0
    ended: set[int] = field(default_factory=set)
    finished: bool = False
    lost: dict[int, tuple[Status, str]] = field(default_factory=dict)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sanitiser: Sanitiser = field(default_factory=Sanitiser)

    def __post_init__(self) -> None:
        # Of a cell nothing is changed but its outputs and its count.
        cells = [dict(cell) for cell in self.rebuilt.notebook["cells"]]
        self.executed = self.rebuilt.notebook | {"cells": cells}
        digest = hashlib.sha256()
        for cell in self.rebuilt.cells:
            if cell.role in ("answer", "extra"):
                code = cell.source.encode("utf-8", "surrogatepass")
                digest.update(len(code).to_bytes(8, "big") + code)
        self.identity = digest.digest()
        for index, before in self.settled.items():
            self.verdicts[index] = _verdict(before)
            cells[index]["outputs"] = before.outputs

    def job(self) -> dict[str, Any]:
        """What a judge needs to know."""
        return {
            "cells": [self._record(cell) for cell in self.rebuilt.cells],
            "asked": sorted(self.asked.asked),
            "constants": sorted(constants(self._given_sources(), self.asked)),
            "classes": sorted(self.asked.classes | self._given_classes()),
            "files": self.files,
            "limits": asdict(self.limits),
            "lost": {index: [str(s), text] for index, (s, text) in self.lost.items()},
            "resume": self.resume,
            "alone": self.alone,
            "settled": sorted(self.settled),
        }

    def _record(self, cell: Cell) -> dict[str, Any]:
        notebook_cell = self.rebuilt.notebook["cells"][cell.index]
        tags = notebook_cell.get("metadata", {}).get("tags", [])
        return {
            "index": cell.index,
            "role": cell.role,
            "source": cell.source,
            "points": cell.points,
            "missing": cell.missing,
            "code": notebook_cell.get("cell_type") == "code",
            "in_student_process": cell.role == "test" and IN_STUDENT_PROCESS in tags,
        }

    def _given_classes(self) -> set[str]:
        given = [parse(source) for source in self._given_sources()]
        nodes = [node for tree in given if tree for node in tree.body]
        return {node.name for node in nodes if isinstance(node, ast.ClassDef)}

    def _given_sources(self) -> tuple[str, ...]:
        return tuple(cell.source for cell in self.rebuilt.cells if cell.role == "given")

    def follow(self, channel: wire.Channel, deadline: float) -> str | None:
        """Take in what the judge says; None at the end, else how it came to an early one."""
        self.sessions += 1
        self.current = -1
        step_ends = time.monotonic() + 20
        while True:
            try:
                skeleton, blobs = channel.receive(min(step_ends, deadline))
            except wire.Late:
                if time.monotonic() >= deadline:
                    self.out_of_time()
                return "timeout"
            except wire.WireError:
                return "judge"
            kind, *rest = wire.Decoder(_no_reference, blobs).decode(skeleton)
            if kind == "start":
                (self.current,) = rest
                self.begun = True
                step_ends = time.monotonic() + self._seconds(self.current)
            elif kind == "cell":
                self._keep_outputs(*rest)
            elif kind == "question":
                self._keep_verdict(*rest)
            elif kind == "end":
                self.finished = True
                return None
            elif kind == "broken":
                return rest[0]
            elif kind == "failed":
                self.failure = rest[0]
                return "judge"

    def _seconds(self, index: int) -> float:
        test = self.rebuilt.cells[index].role == "test"
        limit = self.limits.question_seconds if test else self.limits.cell_seconds
        return limit + GRACE_SECONDS + (self.limits.cell_seconds if test else 0)

    def _keep_outputs(
        self, index: int, outputs: list[dict[str, Any]], count: int | None
    ) -> None:
        self.executed["cells"][index]["outputs"] = self.sanitiser.clean(outputs)
        self.executed["cells"][index]["execution_count"] = count
        self.resume = index + 1

    def _keep_verdict(self, index: int, record: dict[str, Any]) -> None:
        verdict = Verdict.from_record(record)
        self.verdicts[index] = verdict
        self.executed["cells"][index]["outputs"] = self.sanitiser.clean(verdict.outputs)
        self.resume = index + 1

    def lose(self, status: Status, how: str) -> None:
        """Note that the current cell ended the session; the next one goes on without it."""
        index = self.current
        if index < 0 and self.sessions <= STARTS:
            return
        if index < 0 or self.sessions > 3 * len(self.rebuilt.cells) + STARTS:
            self._give_up(f"The sandbox could not be used ({how}).")
            return
        if status is Status.CRASHED and index not in self.ended:
            # Its process may have been ended from outside: by a kernel short of memory, say.
            self.ended.add(index)
            return
        if self._try_alone(index):
            return
        text = _LOST_WORDS.get(status, "could not be run")
        self.lost[index] = (status, text)
        if self.rebuilt.cells[index].role == "test" and index not in self.verdicts:
            if status is Status.HARNESS_ERROR:
                verdict = undecided("The judge itself ended.", self.failure or how)
            else:
                verdict = Verdict(status, 0.0, f"Your code {text}.")
            self.verdicts[index] = verdict
            self.executed["cells"][index]["outputs"] = [_error_output(verdict)]
        elif index >= self.resume:
            message = f"This cell {text} and was ended."
            verdict = Verdict(status, 0.0, message)
            self.executed["cells"][index]["outputs"] = [_error_output(verdict)]
        self.resume = max(self.resume, index + 1)

    def _try_alone(self, index: int) -> bool:
        """Whether to run a cell again that broke off: a test before it may have been the cause.

        The second time, no test before it is run, so what it meets is its own.
        """
        cells = self.rebuilt.cells
        if not any(c.role == "test" and max(self.alone, 0) <= c.index < index for c in cells):
            return False
        self.alone = index
        return True

    def out_of_time(self) -> None:
        """End it here; every question that is not decided has run out of time."""
        if not self.begun:
            self._give_up("None of its cells had begun when its time was over.")
            return
        verdict = Verdict(
            Status.TIMEOUT, 0.0, "The submission as a whole ran longer than it may."
        )
        for cell in self._open_tests():
            self.verdicts[cell.index] = verdict
            self.executed["cells"][cell.index]["outputs"] = [_error_output(verdict)]
        if self.current >= self.resume and self.rebuilt.cells[self.current].role != "test":
            self.executed["cells"][self.current]["outputs"] = [_error_output(verdict)]
        self.finished = True

    def _give_up(self, detail: str) -> None:
        for cell in self._open_tests():
            self.verdicts[cell.index] = undecided("The harness failed.", detail)
        self.finished = True

    def _open_tests(self) -> list[Cell]:
        tests = [cell for cell in self.rebuilt.cells if cell.role == "test"]
        return [cell for cell in tests if cell.index not in self.verdicts]

    def report(self, label: str, seconds: float) -> Report:
        questions = [
            question for cell in self.rebuilt.cells if (question := self._question(cell))
        ]
        notes = [*self.rebuilt.notes, *self.notes]
        notes += [f"{q.id}: {q.detail}." for q in questions if _for_a_person(q)]
        for cell in self.rebuilt.cells:
            if cell.role == "test" and self._record(cell)["in_student_process"]:
                notes.append(
                    f"The test {cell.grade_id} ran in the student's own process, as its tag "
                    "asks; a submission can forge such a result."
                )
        return Report(
            label,
            tuple(questions),
            notes=tuple(notes),
            problem=self.rebuilt.problem,
            seconds=round(seconds, 4),
            versions=versions(),
        )

    def _question(self, cell: Cell) -> Question | None:
        if cell.grade_id is None or cell.role not in ("test", "manual"):
            return None
        if cell.role == "manual":
            if cell.missing:
                text = "There is no answer here."
                return Question(cell.grade_id, 0.0, cell.points, Status.MISSING, text)
            return Question(cell.grade_id, None, cell.points, Status.NEEDS_MANUAL)
        verdict = self.verdicts.get(cell.index)
        if verdict is None and self.rebuilt.problem is not None:
            verdict = Verdict(Status.MISSING, 0.0, self.rebuilt.problem)
        if verdict is None:
            verdict = undecided("The judge ended without a word on it.", "")
        return Question(
            cell.grade_id,
            verdict.points,
            cell.points,
            verdict.status,
            message=verdict.message,
            seconds=round(verdict.seconds, 4),
            misconception=verdict.misconception,
            lecture=verdict.lecture,
            detail=verdict.detail,
            seen=seen_from(verdict.seen),
        )


def _for_a_person(question: Question) -> bool:
    """Whether a test has said that a person must look, and why."""
    return question.status is Status.NEEDS_MANUAL and bool(question.detail)


def _verdict(before: Settled) -> Verdict:
    question = before.question
    return Verdict(
        *(question.status, question.points, question.message, question.detail),
        *(question.misconception, question.lecture, question.seconds, before.outputs),
        None if question.seen is None else asdict(question.seen),
    )


def _error_output(verdict: Verdict) -> dict[str, Any]:
    text = verdict.message
    name = str(verdict.status)
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [text]}
