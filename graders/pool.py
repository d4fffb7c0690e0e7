"""Worker processes that may die, and whose death costs one submission a second try.

`WorkerPool` is a `concurrent.futures.Executor`: what grades a class on it grades it unchanged
on Dask's `Client.get_executor()`. Each worker is a fresh Python process with one thread here
that feeds it, so that it is never in doubt whose job ended it, and one that hangs can be killed
alone. The standard ProcessPoolExecutor fails every job in flight when one process dies.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from graders.limits import Limits

_CONTEXT = multiprocessing.get_context("spawn")


def patience(limits: Limits) -> float:
    """Seconds after which a worker that should have stopped a submission itself is given up."""
    return 3 * limits.submission_seconds + 60


class WorkerDied(BrokenProcessPool):
    """The worker ended, or was ended, before it had answered."""


@dataclass(slots=True)
class _Task:
    future: Future[Any]
    call: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class WorkerPool(Executor):
    """`workers` processes; `seconds` is how long one job may take before its worker is killed.

    `initializer(*initargs)` runs once in each process, before its first job. Leaving a `with`
    block by an exception ends the workers at once.
    """

    def __init__(
        self,
        workers: int,
        *,
        initializer: Callable[..., None] | None = None,
        initargs: tuple[Any, ...] = (),
        seconds: float | None = None,
    ) -> None:
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._start = (initializer, initargs)
        self._seconds = seconds
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._feed, name=f"grading-{i}", daemon=True)
            for i in range(workers)
        ]
        self._started = False
        self._workers: set[_Process] = set()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._closing.is_set():
            raise RuntimeError("the pool has been shut down")
        self.start()
        future: Future[Any] = Future()
        self._tasks.put(_Task(future, (fn, args, kwargs)))
        return future

    @property
    def workers(self) -> int:
        return len(self._threads)

    def start(self) -> None:
        """Start the workers now; a pool that is never used and not started costs nothing."""
        if not self._started:
            self._started = True
            for thread in self._threads:
                thread.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.terminate()
        self.shutdown(cancel_futures=True)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._closing.set()
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while (task := self._tasks.get_nowait()) is None or task.future.cancel():
                    pass
        for _ in self._threads:
            self._tasks.put(None)
        if wait and self._started:
            for thread in self._threads:
                thread.join()

    def terminate(self) -> None:
        """End at once, whatever the workers are doing; their jobs fail."""
        self.shutdown(wait=False, cancel_futures=True)
        for worker in list(self._workers):
            worker.terminate()
        if self._started:
            for thread in self._threads:
                thread.join()

    def _new_worker(self) -> _Process:
        worker = _Process(self._start)
        self._workers.add(worker)
        return worker

    def _end_worker(self, worker: _Process | None, patience: float) -> None:
        if worker is not None:
            worker.end(patience)
            self._workers.discard(worker)

    def _feed(self) -> None:
        worker: _Process | None = None
        try:
            with contextlib.suppress(OSError):  # tried again, and reported, with the first job
                worker = self._new_worker()
            while (task := self._tasks.get()) is not None:
                if not task.future.set_running_or_notify_cancel():
                    continue
                try:
                    worker = worker or self._new_worker()
                    task.future.set_result(worker.call(task.call, self._seconds))
                except WorkerDied as death:
                    self._end_worker(worker, 0)
                    worker = None
                    task.future.set_exception(death)
                except BaseException as error:
                    task.future.set_exception(error)
        finally:
            self._end_worker(worker, 10)


class _Process:
    """One worker process and this end of the pipe to it."""

    def __init__(self, start: tuple[Callable[..., None] | None, tuple[Any, ...]]) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs, *start), name="grader")
        self._process.start()
        theirs.close()

    def call(self, call: Any, seconds: float | None) -> Any:
        try:
            self._pipe.send(call)
            if not self._pipe.poll(seconds):
                raise WorkerDied(
                    f"the worker did not answer within {seconds:.0f} s and was ended"
                )
            failed, value = self._pipe.recv()
        except (EOFError, ConnectionError):
            self._process.join(1)
            raise WorkerDied(
                f"the worker ended by itself (exit code {self._process.exitcode})"
            ) from None
        if failed:
            raise RuntimeError(value)
        return value

    def terminate(self) -> None:
        self._process.terminate()

    def end(self, patience: float) -> None:
        """A worker that waits for work tidies up and leaves when the pipe closes."""
        self._pipe.close()
        self._process.join(patience)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _work(
    pipe: Connection, initializer: Callable[..., None] | None, initargs: tuple[Any, ...]
) -> None:
    """The life of a worker process."""
    # Ctrl-C is for the coordinator, which ends its workers; being ended, they tidy up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if initializer is not None:
        initializer(*initargs)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            function, args, kwargs = pipe.recv()
            try:
                answer = (False, function(*args, **kwargs))
            except Exception:
                answer = (True, traceback.format_exc())
            pipe.send(answer)
