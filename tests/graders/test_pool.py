"""Worker processes: what dies is replaced, and only its own job suffers."""

import os
import time

import pytest

from graders.pool import WorkerDied, WorkerPool

WHERE = {}
HANG = 60  # seconds


def remember(value):
    WHERE["value"] = value


def recall(_):
    return WHERE["value"]


def act(what):
    if what == "die":
        os._exit(3)
    if what == "hang":
        time.sleep(HANG)
    if what == "raise":
        raise ValueError("odd")
    return what


def test_jobs_run_in_prepared_processes_of_their_own():
    with WorkerPool(1, initializer=remember, initargs=(7,)) as pool:
        assert list(pool.map(recall, range(3))) == [7, 7, 7]
        assert pool.submit(os.getpid).result() != os.getpid()


def test_a_death_costs_one_job_and_the_rest_go_on():
    with WorkerPool(1) as pool:
        jobs = [pool.submit(act, what) for what in ("a", "die", "b", "raise", "c")]
        assert jobs[0].result() == "a"
        with pytest.raises(WorkerDied, match="exit code 3"):
            jobs[1].result()
        assert jobs[2].result() == "b"
        with pytest.raises(RuntimeError, match="ValueError: odd"):
            jobs[3].result()
        assert jobs[4].result() == "c"


def test_a_worker_that_hangs_is_ended():
    with WorkerPool(1, seconds=5.0) as pool:
        with pytest.raises(WorkerDied, match="did not answer"):
            pool.submit(act, "hang").result()
        assert pool.submit(act, "well").result() == "well"


def test_what_has_not_begun_can_be_cancelled():
    pool = WorkerPool(1)
    jobs = [pool.submit(time.sleep, 0.5) for _ in range(100)]
    pool.shutdown(cancel_futures=True)
    assert jobs[-1].cancelled()


def test_terminating_does_not_wait_for_what_runs():
    pool = WorkerPool(1)
    job = pool.submit(act, "hang")
    time.sleep(0.5)
    began = time.monotonic()
    pool.terminate()
    assert time.monotonic() - began < HANG / 2
    with pytest.raises(WorkerDied):
        job.result()
