"""What a million submissions cost: `python -m benchmarks.plan [STUDENTS]` (docs/scaling.md).

A class of honest submissions of the first problem set is graded for real by one worker. Then
the coordinator is given the same results once more by an executor that answers at once, so
that what is left is its own part: reading, journal, graded notebooks, gradebook. Last, the same
bytes go to a Dask worker that does nothing with them. Seconds are of processor time, which
other work on the machine does not change much. Everything else is arithmetic.
"""

from __future__ import annotations

import pickle
import re
import resource
import shutil
import sys
import tempfile
import time
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.grading import make_course
from graders.batch import Watch, grade_assignment
from graders.course import Course
from graders.pool import WorkerPool
from graders.sample import ASSIGNMENT

PAGE = Path(__file__).parents[1] / "docs" / "scaling.md"
MILLION = 1_000_000
WORKERS = (1, 2, 16, 64, 256)


@dataclass(frozen=True)
class Cost:
    """Of one submission: seconds, and bytes."""

    worker: float
    coordinator: float
    dask: float
    sent: int
    received: int
    journal: int
    gradebook: int
    notebooks: int


class Recorder(Executor):
    """Passes work on to one worker, and keeps what went there and came back."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self.answers: dict[str, Any] = {}
        self.sent = b""
        self.seconds = 0.0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = self._pool.submit(fn, *args)
        self.answers[args[1][0].label] = future.result()
        self.sent = pickle.dumps(args)
        return future


class Replay(Executor):
    """Answers at once with what was recorded."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = answers

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(self._answers[args[1][0].label])
        return future


class Stopwatch(Watch):
    """From the first submission written to the last, so that starting does not count."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def done(self, *_: Any, **__: Any) -> None:
        self.at.append(time.process_time())

    def each(self) -> float:
        return (self.at[-1] - self.at[0]) / (len(self.at) - 1)


def measure(students: int) -> Cost:
    with tempfile.TemporaryDirectory() as temporary:
        folder, copy = Path(temporary) / "course", Path(temporary) / "copy"
        make_course(folder, students)
        shutil.copytree(folder, copy)
        everyone = sorted(path.name for path in (folder / "submitted").iterdir())
        few = students // 4
        start, recorder = graded(folder, everyone[:few]), graded(folder, everyone)
        before = (copy / "gradebook.db").stat().st_size
        watch = Stopwatch()
        replay = Replay(start.answers | recorder.answers)
        grade_assignment(Course(copy), ASSIGNMENT, executor=replay, watch=watch)
        answers = sum(len(pickle.dumps(answer)) for answer in recorder.answers.values())
        return Cost(
            worker=(recorder.seconds - start.seconds) / (students - few),
            coordinator=watch.each(),
            dask=dask_seconds(recorder.sent, recorder.answers.popitem()[1], students),
            sent=len(recorder.sent),
            received=answers // students,
            journal=_size(copy / ".graders") // students,
            gradebook=((copy / "gradebook.db").stat().st_size - before) // students,
            notebooks=_size(copy / "autograded") // students,
        )


def graded(folder: Path, students: list[str]) -> Recorder:
    """These students graded anew by one worker; its `seconds` are of all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with WorkerPool(1) as pool:
        recorder = Recorder(pool)
        grade_assignment(
            Course(folder), ASSIGNMENT, executor=recorder, students=students, force=True
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    recorder.seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return recorder


def echo(sent: bytes, answer: Any) -> Any:
    return answer


def dask_seconds(sent: bytes, answer: Any, tasks: int) -> float:
    """What Dask's client and scheduler, which are in this process, cost a submission."""
    from distributed import LocalCluster

    from graders.cluster import Cluster

    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None}
    with (
        LocalCluster(**options) as local,
        Cluster(local.scheduler_address, isolation="none", seconds=600) as cluster,
    ):
        cluster.submit(echo, sent, answer).result()
        begun = time.process_time()
        futures = [cluster.submit(echo, sent, answer) for _ in range(tasks)]
        for future in futures:
            future.result()
        return (time.process_time() - begun) / tasks


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def page(cost: Cost, students: int) -> str:
    """The measured part of docs/scaling.md."""
    serial = cost.coordinator + cost.dask
    useful = max(1, int(cost.worker / serial))
    lines = [
        f"Measured on {students} submissions of `{ASSIGNMENT}`:",
        "",
        "| one submission costs | processor time, bytes |",
        "| --- | --- |",
        f"| a worker | {1000 * cost.worker:.0f} ms |",
        f"| the coordinator | {1000 * cost.coordinator:.1f} ms |",
        f"| Dask, with these bytes | {1000 * cost.dask:.1f} ms |",
        f"| bytes to the worker and back | {_bytes(cost.sent)} and {_bytes(cost.received)} |",
        f"| bytes kept: journal | {_bytes(cost.journal)} |",
        f"| bytes kept: SQLite gradebook | {_bytes(cost.gradebook)} |",
        f"| bytes kept: `autograded/` | {_bytes(cost.notebooks)} |",
        "",
        f"{MILLION:,} of them:",
        "",
        "| workers | hours | the wire carries |",
        "| --- | --- | --- |",
    ]
    for workers in sorted({*WORKERS, useful}):
        seconds = max(MILLION * cost.worker / workers, MILLION * serial)
        wire = MILLION * (cost.sent + cost.received) / seconds
        bound = " (the coordinator is the bound)" if workers > useful else ""
        lines.append(
            f"| {workers} | {seconds / 3600:.1f}{bound} | {_bytes(int(wire))} a second |"
        )
    kept = MILLION * (cost.journal + cost.gradebook + cost.notebooks)
    lines += [
        "",
        f"They leave {_bytes(kept)} on the coordinator's disk. What saturates first is the "
        f"coordinator: {1 / serial:.0f} submissions a second, enough for {useful} workers.",
    ]
    return "\n".join(lines)


def _bytes(number: int) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} TB"


def main(students: int = 60) -> None:
    text = page(measure(students), students)
    print(text)
    made = f"<!-- measured -->\n{text}\n<!-- end -->"
    whole = PAGE.read_text()
    PAGE.write_text(
        re.sub("<!-- measured -->.*<!-- end -->", lambda _: made, whole, flags=re.S)
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
