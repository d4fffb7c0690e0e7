"""A Dask cluster to grade on: an `Executor` that refuses workers which could give other marks.

Bytes go to the workers and results come back; a worker needs this package and `minigrad`, and
no course folder. Dask gives the work of a worker that died to another one, and of the results
for one submission exactly one arrives. What runs there is told what the coordinator is made of,
so a worker that joins in the middle is held to it too.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Executor, Future
from typing import Any

from distributed import Client

from graders.problems import UserProblem
from graders.version import ingredients

CONNECT_SECONDS = 30
JOIN_SECONDS = 120
COUNTED_EVERY = 2.0  # seconds; how soon it is noticed that the cluster has grown
NAMED = 5  # of the packages that differ


class ClusterProblem(UserProblem):
    """The cluster cannot be used, or is gone; the text says why and what to do."""


class Cluster(Executor):
    """The workers of the Dask scheduler at `address`, for instance `tcp://10.0.0.1:8786`.

    Args:
        isolation: "full" refuses workers on whose machine student code cannot be shut in.
        seconds: how long one job may take before the process that runs it is ended.

    Raises:
        ClusterProblem: nothing answers there, no worker joins within two minutes, or a worker
            is not made of what this process is made of.
    """

    def __init__(self, address: str, *, isolation: str = "full", seconds: float) -> None:
        self._address, self._seconds = address, seconds
        # What it would say of a lost connection is said below, to whoever grades.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterProblem(
                f"no Dask scheduler answers at {address!r} ({error}). 'dask scheduler' prints "
                "its address when it starts, such as tcp://10.0.0.1:8786."
            ) from None
        try:
            self._check_workers(isolation)
        except BaseException:
            self._client.close()
            raise
        # Two submissions may be equal to the byte; each is run, none is answered from another.
        self._executor = self._client.get_executor(pure=False)
        self._counted = 0.0
        self._processors = 1

    @property
    def workers(self) -> int:
        """How many submissions are graded at once, as the cluster is now."""
        if time.monotonic() - self._counted >= COUNTED_EVERY:
            self._processors = int(self._client.scheduler_info(n_workers=0)["total_threads"])
            self._counted = time.monotonic()
        return max(1, self._processors)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._executor.submit(
            run_here, ingredients(), self._seconds, fn, *args, **kwargs
        )

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.shutdown(cancel_futures=kind is not None)
        if kind is not None and issubclass(kind, CancelledError):
            raise ClusterProblem(
                f"the scheduler at {self._address} is gone. What was graded is kept; give the "
                "same command again when it is back."
            ) from None

    def _check_workers(self, isolation: str) -> None:
        try:
            self._client.wait_for_workers(1, timeout=JOIN_SECONDS)
        except TimeoutError:
            raise ClusterProblem(
                f"the scheduler at {self._address} has had no worker for {JOIN_SECONDS} s. "
                f"Start one with 'dask worker {self._address} --nthreads 1'."
            ) from None
        found = self._client.run(_fitness, on_error="return")
        for worker, fitness in found.items():
            if isinstance(fitness, BaseException):
                raise ClusterProblem(
                    f"the worker {worker} cannot grade: {fitness}. Install the suite there as "
                    "here, from the same lock, and start the worker anew."
                )
            there, missing = fitness
            if there != ingredients():
                raise ClusterProblem(_difference(f"the worker {worker}", there, ingredients()))
            if isolation == "full" and missing:
                raise ClusterProblem(
                    f"student code cannot be shut in on the worker {worker}: "
                    f"{'; '.join(missing)}. 'graders doctor' there says how to mend it."
                )


def run_here(
    expected: Mapping[str, str], seconds: float, fn: Callable[..., Any], /, *args: Any
) -> Any:
    """Call `fn(*args)`; runs in a worker.

    A call that hangs past all its own limits takes its process with it, and Dask gives it to
    another one, three times in all.

    Raises:
        ClusterProblem: this worker is not made of what the coordinator is made of.
    """
    if ingredients() != expected:
        raise ClusterProblem(_difference("a worker that joined", ingredients(), expected))
    patience = threading.Timer(seconds, os._exit, (1,))
    patience.daemon = True
    patience.start()
    try:
        return fn(*args)
    finally:
        patience.cancel()


def _fitness() -> tuple[dict[str, str], list[str]]:
    """What a worker is made of, and which walls its machine lacks; runs there."""
    from graders.sandbox import missing_layers

    return ingredients(), missing_layers()


def _difference(who: str, there: Mapping[str, str], here: Mapping[str, str]) -> str:
    differing = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    named = [
        f"{name} {there.get(name, 'is missing')} (here {here.get(name, 'none')})"
        for name in differing[:NAMED]
    ]
    more = f" and {len(differing) - NAMED} more" if len(differing) > NAMED else ""
    return (
        f"{who} would not give the same marks: {', '.join(named)}{more}. Install the suite "
        "there as here, from the same lock, and start the worker anew."
    )
