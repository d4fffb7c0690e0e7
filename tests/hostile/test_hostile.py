"""No case of the cheat suite gets more than its fair mark, nor costs its neighbours theirs."""

from __future__ import annotations

import json
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from guarded import can_guard, guarded
from suite import Case, cases, families

pytestmark = pytest.mark.skipif(
    not can_guard(), reason="hostile code is only run inside an outer guard: no user namespaces"
)


@cache
def _started() -> dict[str, Future]:
    pool = ThreadPoolExecutor(2)  # most of the time is spent waiting for a limit to be reached
    longest_first = sorted(families(), key=lambda family: family != "resources")
    return {family: pool.submit(guarded, family) for family in longest_first}


@cache
def reports(family: str) -> dict[str, dict]:
    ran = _started()[family].result()
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, ran.stderr
    return {report["submission"]: report for report in found}


ALL = [case for family in families() for case in cases(family)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.family}-{case.name}")
def test_fair_mark(case: Case) -> None:
    report = reports(case.family)[case.name]
    attacked, honest, *comparisons = report["questions"]
    assert attacked["points"] == case.fair, attacked
    # On a busy machine the time may be over before the memory, say, is.
    allowed = case.statuses if case.fair else case.statuses | {"timeout"}
    assert attacked["status"] in allowed, attacked
    assert honest["points"] == case.second, honest
    for comparison in comparisons:
        assert comparison["points"] == case.fair / 2, comparison
    assert len(json.dumps(report, ensure_ascii=False).encode()) < 2_000_000
