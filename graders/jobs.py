"""One submission as a unit of work: bytes in, a report and an executed notebook out.

`grade_job` is the function that runs in a worker, here or on another machine. Whatever it needs
travels with the job, and the student's bytes are first looked at there, so that a file that
breaks its reader costs a worker and not the class.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graders.conventions import Conventions
from graders.limits import Limits
from graders.ownership import ownership
from graders.pool import WorkerPool, patience
from graders.problems import UserProblem
from graders.rebuild import Rebuilt, rebuild
from graders.regrade import Before, Digests, digests, settled
from graders.report import Question, Report, Status

if TYPE_CHECKING:
    from graders.grading import Worker


@dataclass(frozen=True, slots=True)
class Settings:
    """What is the same for every submission of a run, and decides marks together with it."""

    limits: Limits = field(default_factory=Limits)
    isolation: str = "full"
    conventions: Conventions = field(default_factory=Conventions)
    secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook of one submission; `files` lie beside it when it runs."""

    label: str
    source: bytes
    submission: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    before: Before | None = None  # what came of it the last time; decides nothing

    def key(self, settings: Settings, version: str) -> str:
        """The same key, the same marks: a digest of everything that decides them."""
        digest = hashlib.sha256()
        parts = [version.encode(), repr(settings).encode(), settings.secret]
        parts += [self.source, self.submission]
        for name in sorted(self.files):
            parts += [name.encode("utf-8", "surrogateescape"), self.files[name]]
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """`notebook` is the graded notebook as nbformat JSON; `unanswered` names answer cells."""

    report: Report
    notebook: bytes
    unanswered: frozenset[str] = frozenset()
    digests: Digests | None = None
    standing: int = 0  # questions that were not judged again


def grade_job(settings: Settings, job: Job) -> Outcome:
    """Grade one notebook; runs in a worker."""
    rebuilt = rebuild(job.source, job.submission, settings.conventions)
    found = digests(rebuilt, _everything_else(settings, job))
    standing = settled(found, job.before, rebuilt)
    graded = _worker(settings).grade_rebuilt(
        rebuilt, job.label, source=job.source, files=job.files, settled=standing
    )
    unanswered = frozenset(c.grade_id for c in rebuilt.cells if c.missing and c.grade_id)
    source = hashlib.sha256(job.source).hexdigest()[:16]
    report = replace(graded.report, versions=graded.report.versions | {"source": source})
    return Outcome(report, _json(graded.notebook), unanswered, found, len(standing))


def _everything_else(settings: Settings, job: Job) -> Iterator[bytes]:
    asked = ownership(job.source)
    yield repr(settings).encode()
    yield settings.secret
    yield repr([sorted(asked.asked), sorted(asked.classes), sorted(asked.changed)]).encode()
    for name in sorted(job.files):
        yield name.encode("utf-8", "surrogateescape")
        yield job.files[name]


def local_pool(settings: Settings, workers: int) -> WorkerPool:
    """Workers on this machine, which make themselves ready as soon as they start."""
    seconds = patience(settings.limits)
    return WorkerPool(workers, initializer=_prepare, initargs=(settings,), seconds=seconds)


def _prepare(settings: Settings) -> None:
    """Start what the first job will need, without waiting for it; runs in a worker."""
    with contextlib.suppress(Exception):  # the first job tries again, and reports
        _worker(settings).prepare()


class _Engine(threading.local):
    """A thread's own, for a Dask worker may have several; kept while the settings stay."""

    settings: Settings | None = None
    worker: Worker


_engine = _Engine()


def _worker(settings: Settings) -> Worker:
    """The engine of this thread, made at the first job."""
    if _engine.settings != settings:
        from graders.grading import Worker

        if _engine.settings is not None:
            atexit.unregister(_engine.worker.close)
            _engine.worker.close()
        limits, isolation = settings.limits, settings.isolation
        _engine.worker = Worker(limits, isolation=isolation, secret=settings.secret)
        _engine.settings = settings
        # Leave no process, folder or control group behind.
        atexit.register(_engine.worker.close)
    return _engine.worker


def grade_jobs(settings: Settings, jobs: tuple[Job, ...]) -> tuple[Outcome, ...]:
    """Grade the notebooks of one submission, one after the other; runs in a worker."""
    return tuple(grade_job(settings, job) for job in jobs)


@dataclass(frozen=True, slots=True)
class Task:
    """The jobs of one submission; `tag` is whatever the caller wants to know it by."""

    tag: Any
    jobs: tuple[Job, ...]


Done = tuple[Task, tuple[Outcome, ...]]


def graded(
    executor: Executor, settings: Settings, tasks: Iterable[Task], ahead: Callable[[], int]
) -> Iterator[list[Done]]:
    """Every task with its outcomes, as they come; at most `ahead()` tasks are held at a time.

    Those that are there at the same time come together, so that they can be written together.
    A worker that dies costs its task a second try, and then a harness error: a task that kills
    two workers would kill them all.
    """
    waiting: dict[Future[tuple[Outcome, ...]], tuple[Task, int]] = {}

    def send(task: Task, tries: int) -> None:
        waiting[executor.submit(grade_jobs, settings, task.jobs)] = (task, tries)

    def collect() -> list[Done]:
        ready: list[Done] = []
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            task, tries = waiting.pop(future)
            try:
                outcomes = future.result()
            except (UserProblem, CancelledError):  # not this submission's, but everyone's
                raise
            except Exception as error:
                if isinstance(error, BrokenExecutor) and tries == 1:
                    send(task, tries + 1)
                    continue
                outcomes = tuple(_failed(settings, job, error) for job in task.jobs)
            ready.append((task, outcomes))
        return ready

    for task in tasks:
        if not task.jobs:
            yield [(task, ())]
            continue
        while len(waiting) >= ahead():
            yield collect()
        send(task, 1)
    while waiting:
        yield collect()


def _failed(settings: Settings, job: Job, error: Exception) -> Outcome:
    """What is known of a submission that the harness failed on: every question undecided."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    blank = rebuild(job.source, b"", settings.conventions)
    message = "This could not be graded automatically; your instructor will look at it."
    questions = _questions(blank, None, Status.HARNESS_ERROR, message)
    if questions:  # once is enough for whoever mends it
        questions = (replace(questions[0], detail=str(error)), *questions[1:])
    report = Report(job.label, questions, problem=f"The harness failed on it: {lines[-1]}")
    return Outcome(report, _json(blank.notebook))


def why_unusable(report: Report) -> str | None:
    """Why a report is not a fair result as it stands, if it is not.

    A question that waits for marks by hand is in order; a submission that could not be read, or
    that the harness failed on, is not.
    """
    if report.problem is not None:
        return report.problem
    failed = [q.id for q in report.questions if q.status is Status.HARNESS_ERROR]
    return f"The harness could not decide {', '.join(failed)}." if failed else None


def not_handed_in(label: str, rebuilt: Rebuilt, note: str) -> Report:
    """The report on a notebook that was not in the submission: no marks, nothing to decide."""
    return Report(label, _questions(rebuilt, 0.0, Status.MISSING, note), notes=(note,))


def _questions(
    rebuilt: Rebuilt, points: float | None, status: Status, message: str
) -> tuple[Question, ...]:
    return tuple(
        Question(cell.grade_id, points, cell.points, status, message)
        for cell in rebuilt.cells
        if cell.role in ("test", "manual") and cell.grade_id
    )


def _json(notebook: dict[str, Any]) -> bytes:
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
