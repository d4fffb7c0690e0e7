"""Reads the families of the cheat suite, and lays a case into the notebook that it attacks."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from graders.conventions import Conventions
from graders.rebuild import Rebuilt, rebuild

CASES = Path(__file__).parent / "cases"
_HEAD = re.compile(
    r"^# %% (?P<name>\w+): fair (?P<fair>[\d.]+)(?: and (?P<second>[\d.]+))?, "
    r"(?P<statuses>[\w ]+): (?P<tries>.*)$",
    re.M,
)

TESTS = """
assert df(1.0) == 2.0
assert np.isclose(df(2.5), 5.0)
np.testing.assert_allclose(df(np.array([1.0, -2.0])), [2.0, -4.0])
### BEGIN HIDDEN TESTS
from graders.seed import generator
for hidden_input in generator("df").uniform(1, 2, size=3):
    x = float(hidden_input)
    assert abs(df(x) - 2 * x) < 1e-9
    assert df(x) == 2 * x
    assert [df(x)] == [2 * x]
    np.testing.assert_array_almost_equal(np.array([df(x)]), np.array([2 * x]))
### END HIDDEN TESTS
"""
# The same question under one kind of comparison each, for families that attack comparisons: an
# object may get past one and be caught by the next.
COMPARISONS = {
    "equal": "assert df(x) == 2 * x",
    "unequal": "assert not df(x) != 2 * x",
    "difference": "assert abs(df(x) - 2 * x) < 1e-9",
    "reflected": "assert abs(2 * x - df(x)) < 1e-9",
    "ordered": "assert 2 * x - 1e-9 < df(x) < 2 * x + 1e-9",
    "in_list": "assert [df(x)] == [2 * x]",
    "isclose": "assert np.isclose(df(x), 2 * x)",
    "array_difference": "d = df(x) - np.array([2 * x])\n"
    "assert d.shape == (1,) and abs(d[0]) < 1e-9",
    "allclose": "np.testing.assert_allclose([df(x)], [2 * x])",
    "array_equal": "np.testing.assert_array_equal(np.array([df(x)]), np.array([2 * x]))",
    "isclose_of_math": "import math\nassert math.isclose(df(x), 2 * x)",
    "number": "v = df(x)\nassert type(v) is not str and abs(float(v) - 2 * x) < 1e-9",
    "greatest": "assert max(0, df(x)) == 2 * x",
}
COMPARED = {"verdict_forging", "library_patching", "operators", "honest"}
_HIDDEN = """### BEGIN HIDDEN TESTS
from graders.seed import generator
x = float(generator("{name}").uniform(1, 2))
{check}
### END HIDDEN TESTS"""
SECOND_ANSWER = "def successor(n):\n    return n + 1"
SECOND_TESTS = "assert successor(1) == 2\nassert [successor(n) for n in range(3)] == [1, 2, 3]"


@dataclass(frozen=True)
class Case:
    """One submission: the text of its answer, its fair mark of 2, and what may be said of it.

    `second` is the fair mark of the honest second question: 1, unless the case breaks its own
    process for good.
    """

    family: str
    name: str
    answer: str
    fair: float
    second: float
    statuses: frozenset[str]
    tries: str

    def rebuilt(self) -> Rebuilt:
        compared = self.family in COMPARED
        return rebuild(
            source(self.family), json.dumps(notebook(self.answer, compared)).encode()
        )


def families() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.py"))


def cases(family: str) -> list[Case]:
    text = (CASES / f"{family}.py").read_text()
    heads = list(_HEAD.finditer(text))
    marked = len(re.findall(r"^# %%", text, re.M))
    if marked != len(heads):
        raise ValueError(f"{family}: {marked - len(heads)} cases have a head that is malformed")
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        Case(
            family,
            head["name"],
            text[head.end() : end].strip("\n"),
            float(head["fair"]),
            float(head["second"] or 1),
            frozenset(head["statuses"].split(" or ")),
            head["tries"],
        )
        for head, end in zip(heads, ends, strict=True)
    ]


def source(family: str) -> bytes:
    """The instructor's notebook that every case of a family answers."""
    return json.dumps(notebook(None, family in COMPARED)).encode()


def tests_of(family: str) -> dict[str, tuple[float, str]]:
    """Every test of the notebook with its points, for a harness that keeps tests apart."""
    given = notebook(None, family in COMPARED)["cells"]
    marked = [(cell["metadata"]["nbgrader"], cell["source"]) for cell in given]
    return {m["grade_id"]: (m["points"], text) for m, text in marked if m["grade"]}


def notebook(answer: str | None, compared: bool) -> dict:
    """The instructor's notebook, or with `answer` a student's."""
    solution = "### BEGIN SOLUTION\ndef df(x):\n    return 2 * x\n### END SOLUTION"
    visible = Conventions().visible(TESTS)
    second = f"### BEGIN SOLUTION\n{SECOND_ANSWER}\n### END SOLUTION"
    cells = [
        _cell("imports", "import numpy as np", locked=True),
        _cell("df", solution if answer is None else answer, solution=True),
        _cell(
            "test_df", TESTS if answer is None else visible, grade=True, locked=True, points=2
        ),
        _cell("successor", second if answer is None else SECOND_ANSWER, solution=True),
        _cell("test_successor", SECOND_TESTS, grade=True, locked=True, points=1),
    ]
    for name, check in COMPARISONS.items() if compared else ():
        test = _HIDDEN.format(name=name, check=check)
        released = test if answer is None else Conventions().visible(test)
        cells.append(_cell(name, released, grade=True, locked=True, points=1))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _cell(grade_id: str, code: str, points: float | None = None, **marks: bool) -> dict:
    marking = {"grade": False, "solution": False, "locked": False, "task": False} | marks
    marking |= {"grade_id": grade_id, "schema_version": 3}
    if points is not None:
        marking["points"] = points
    return {
        "cell_type": "code",
        "id": grade_id,
        "metadata": {"nbgrader": marking},
        "source": code,
        "outputs": [],
        "execution_count": None,
    }
