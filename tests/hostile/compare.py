"""The cheat suite on stock nbgrader and otter-grader, beside this harness: docs/comparison.md.

    python tests/hostile/compare.py graders
    python tests/hostile/compare.py nbgrader
    python tests/hostile/compare.py /a/virtual/environment/with/otter/bin/python
    python tests/hostile/compare.py table

The others run student code with the rights of whoever grades. So each case is a process in
namespaces and a control group of its own, with a read-only file system; see `stock.py`. Needs
root. What was measured lies in `build/comparison/`, and what is there is not run again.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path[:0] = [str(HERE), str(TOP)]

from guarded import guarded  # noqa: E402
from suite import COMPARED, COMPARISONS, Case, cases, families  # noqa: E402

from graders.limits import MEBIBYTE, Limits  # noqa: E402
from graders.sandbox.cgroup import Cgroup  # noqa: E402

MEASURED = TOP / "build" / "comparison"
PAGE = TOP / "docs" / "comparison.md"
LIMITS = Limits(memory_bytes=1536 * MEBIBYTE, processes=200, disk_bytes=512 * MEBIBYTE)
GUARD = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--mount", "--net"]
GUARD += ["--ipc", "--uts"]
SYSTEMS = ("graders", "nbgrader", "otter-grader")


def fair(case: Case, marks: dict[str, float]) -> bool:
    """Whether every question of the case got what it deserves; one without a mark has 0."""
    wanted = {"test_df": case.fair, "test_successor": case.second}
    if case.family in COMPARED:
        wanted |= dict.fromkeys(COMPARISONS, case.fair / 2)
    return all((marks.get(name) or 0.0) == points for name, points in wanted.items())


def by_graders(family: str) -> list[dict]:
    ran = guarded(family)
    if ran.returncode:
        raise SystemExit(ran.stderr)
    reports = [json.loads(line) for line in ran.stdout.splitlines()]
    return [
        {"case": r["submission"], "marks": {q["id"]: q["points"] for q in r["questions"]}}
        for r in reports
    ]


def by_others(system: str, family: str, name: str) -> dict:
    """One case on nbgrader, or on the otter-grader of a Python."""
    group = Cgroup.create(LIMITS)
    if group is None or set(group.controllers) != {"memory", "pids"}:
        raise SystemExit("no control group for memory and processes: nothing is run without.")
    group.limit(LIMITS)
    try:
        ran = subprocess.run(
            [*GUARD, sys.executable, "-I", str(HERE / "stock.py"), system, family, name],
            preexec_fn=lambda: group.add(os.getpid()),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        group.remove()
    if ran.returncode:
        raise SystemExit(f"{family} {name}: {ran.stderr[-2000:]}")
    *released, record = ran.stdout.splitlines()
    if released:
        (MEASURED / f"{family}.db").write_bytes(base64.b64decode(released[0]))
    return json.loads(record)


def measure(system: str) -> None:
    name = system if system in SYSTEMS else "otter-grader"
    MEASURED.mkdir(parents=True, exist_ok=True)
    path = MEASURED / f"{name}.jsonl"
    known = {(r["family"], r["case"]) for r in records(name)}
    with open(path, "a") as file:

        def keep(family: str, record: dict) -> None:
            print(json.dumps({"family": family} | record), file=file, flush=True)

        if name == "graders":
            for family in families():
                for record in by_graders(family):
                    if (family, record["case"]) not in known:
                        keep(family, record)
            return
        note_version(name, sys.executable if name == "nbgrader" else system)
        left = [c for f in families() for c in cases(f) if (f, c.name) not in known]
        for case in left:
            keep(case.family, by_others(system, case.family, case.name))


def note_version(name: str, python: str) -> None:
    code = f"from importlib.metadata import version; print(version({name!r}))"
    said = subprocess.check_output([python, "-c", code], text=True)
    (MEASURED / f"{name}.version").write_text(said)


def records(name: str) -> list[dict]:
    path = MEASURED / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def table() -> str:
    """The page, from what was measured."""
    everything = {(f, case.name): case for f in families() for case in cases(f)}
    fairs: dict[str, Counter[str]] = {}
    for name in SYSTEMS:
        found = {(r["family"], r["case"]): r["marks"] for r in records(name)}
        if not found:
            continue
        if missing := everything.keys() - found.keys():
            raise SystemExit(f"{name}: {len(missing)} cases have not been measured.")
        fairs[name] = Counter(
            family for (family, _), case in everything.items()
            if fair(case, found[family, case.name])
        )  # fmt: skip
    sizes = Counter(family for family, _ in everything)
    lines = [f"| family | cases | {' | '.join(fairs)} |", "| --- " * (2 + len(fairs)) + "|"]
    for family in sizes:
        marks = " | ".join(str(found[family]) for found in fairs.values())
        lines.append(f"| {family.replace('_', ' ')} | {sizes[family]} | {marks} |")
    totals = " | ".join(f"**{found.total()}**" for found in fairs.values())
    lines.append(f"| **all** | **{sizes.total()}** | {totals} |")
    return "\n".join(lines)


def page() -> str:
    """docs/comparison.md with the table as it was measured."""
    versions = [
        f"{path.stem} {path.read_text().strip()}" for path in sorted(MEASURED.glob("*.version"))
    ]
    said = f"Measured with {', '.join(versions)} and Python {platform.python_version()}."
    made = f"<!-- measured -->\n{table()}\n\n{said}\n<!-- end -->"
    text = PAGE.read_text()
    return re.sub(r"<!-- measured -->.*<!-- end -->", lambda _: made, text, flags=re.S)


if __name__ == "__main__":
    if sys.argv[1:] == ["table"]:
        PAGE.write_text(page())
    elif len(sys.argv) == 2:
        measure(sys.argv[1])
    else:
        sys.exit(__doc__)
