"""Who is in the sample class, and what each of them hands in.

Some are right in different styles, most hold misconceptions, some hand in notebooks as they
come out of real courses, and some try to get marks without an answer. Hostile code here runs
only where graders runs it: in the sandbox.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from graders.keys.key import Key
from graders.report import Status
from graders.sample.draft import Assignment, Draft


@dataclass(frozen=True, slots=True)
class Case:
    """What one student does, and that in a few words."""

    what: str
    make: Callable[[Draft], None]


@dataclass(frozen=True, slots=True)
class Student:
    id: str
    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


STUDENTS = (
    Student("aiko.tanaka", "Aiko", "Tanaka"),
    Student("amina.diallo", "Amina", "Diallo"),
    Student("anahera.ngata", "Anahera", "Ngata"),
    Student("beatriz.oliveira", "Beatriz", "Oliveira"),
    Student("chidi.okonkwo", "Chidi", "Okonkwo"),
    Student("dilnoza.karimova", "Dilnoza", "Karimova"),
    Student("elif.yildiz", "Elif", "Yıldız"),
    Student("emil.soendergaard", "Emil", "Søndergaard"),
    Student("fatima.alzahra", "Fatima", "al-Zahra"),
    Student("giulia.bianchi", "Giulia", "Bianchi"),
    Student("ioana.popescu", "Ioana", "Popescu"),
    Student("jakub.wisniewski", "Jakub", "Wiśniewski"),
    Student("jiwoo.park", "Ji-woo", "Park"),
    Student("kwame.asante", "Kwame", "Asante"),
    Student("leilani.kealoha", "Leilani", "Kealoha"),
    Student("maria.nunez", "María José", "Núñez"),
    Student("minhanh.ho", "Minh Anh", "Hồ"),
    Student("nadia.haddad", "Nadia", "Haddad"),
    Student("noa.bendavid", "Noa", "Ben-David"),
    Student("oksana.shevchenko", "Oksana", "Shevchenko"),
    Student("priya.raghunathan", "Priya", "Raghunathan"),
    Student("rania.farouk", "Rania", "Farouk"),
    Student("saeunn.jonsdottir", "Sæunn", "Jónsdóttir"),
    Student("siobhan.obrien", "Siobhán", "O'Brien"),
    Student("teuila.leota", "Teuila", "Leota"),
    Student("tomas.novak", "Tomáš", "Novák"),
    Student("viktor.horvath", "Viktor", "Horváth"),
    Student("wei.zhang", "Wei", "Zhang"),
    Student("xochitl.ramirez", "Xóchitl", "Ramírez"),
    Student("yannick.dubois", "Yannick", "Dubois"),
    Student("zanele.dlamini", "Zanele", "Dlamini"),
)


COMMON = {"slope_of_sine_square": 5, "central_difference": 3, "quotient_slope": 2}
MISTAKEN = (2, 3, 4, 5, 6, 7, 8, 9)  # shares of those who hold nothing but misconceptions
_STRIDE = 7  # shares no factor with the size of the class


def submissions(assignment: Assignment) -> Iterator[tuple[Student, Case, Draft]]:
    """Every student with what they do and their draft; always the same."""
    mistaken = [Case("misconceptions", lambda draft: None)] * len(MISTAKEN)
    cases = (*RIGHT, *AWKWARD, *HOSTILE, *mistaken)
    drafts = [Draft(assignment) for _ in cases]
    for case, draft in zip(cases, drafts, strict=True):
        case.make(draft)
    _deal_misconceptions(drafts[len(RIGHT) :])
    spread = [_STRIDE * index % len(cases) for index in range(len(cases))]
    for student, index in zip(STUDENTS, spread, strict=True):
        yield student, cases[index], drafts[index]


def _deal_misconceptions(drafts: Sequence[Draft]) -> None:
    """Give every misconception of every key to somebody whose answer is still free.

    Whoever has had the smallest part of their share is next.
    """
    shares = dict(zip(drafts, (*[2] * (len(drafts) - len(MISTAKEN)), *MISTAKEN), strict=True))
    taken = dict.fromkeys(drafts, 0)
    for name, misconception in _to_deal(drafts[0].assignment.keys):
        free = [draft for draft in drafts if name not in draft.settled]
        if not free:
            raise LookupError(f"{name} has more misconceptions than the class has students")
        taker = min(free, key=lambda draft: taken[draft] / shares[draft])
        taker.wrong(name, misconception)
        taken[taker] += 1


def _to_deal(keys: Mapping[str, Key]) -> Iterator[tuple[str, str]]:
    """Every misconception with its question, round by round, and the common ones again."""
    for found in zip_longest(*(key.misconceptions for key in keys.values())):
        for name, misconception in zip(keys, found, strict=True):
            if misconception is not None:
                yield name, misconception.name
    for name, more in COMMON.items():
        for _ in range(more):
            yield name, keys[name].misconceptions[0].name


# -- right, each in a style of its own --------------------------------------------------------


def _in_style(style: int) -> Callable[[Draft], None]:
    def make(draft: Draft) -> None:
        for name in draft.assignment.keys:
            draft.right(name, style)

    return make


RIGHT = tuple(
    Case(what, _in_style(style))
    for style, what in enumerate(
        (
            "right",
            "right, second style",
            "right, third style",
            "right, fourth style",
        )
    )
)

# -- awkward, as they come out of real courses ------------------------------------------------


def _edited_test(draft: Draft) -> None:
    draft.wrong("slope_of_cubic", "keeps the constant")
    draft.test_cell("slope_of_cubic")["source"] = "assert True"


def _deleted_cells(draft: Draft) -> None:
    draft.delete(draft.answer_cell("quotient_slope"))
    draft.expect("quotient_slope", Status.MISSING)
    draft.delete(draft.test_cell("product_slope"))
    draft.expect("product_slope", Status.PASSED)


def _answered_in_a_copy(draft: Draft) -> None:
    original = draft.answer_cell("product_slope")
    answered = copy.deepcopy(original) | {"id": "copied"}
    slot = draft.assignment.answers["product_slope"]
    original["source"] = slot.released
    draft.notebook["cells"].insert(draft.notebook["cells"].index(original) + 1, answered)
    draft.expect("product_slope", Status.PASSED)


def _warns(draft: Draft) -> None:
    draft.answer(
        "slope_of_cubic",
        """\
import sys
import warnings


def slope_of_cubic(x):
    warnings.warn("worked out by hand")
    print("slope at", x, file=sys.stderr)
    return 6 * x**2 - 10 * x + 4""",
        Status.PASSED,
    )


def _plots_and_helps(draft: Draft) -> None:
    draft.insert_before(
        draft.answer_cell("slope_of_cubic"),
        """\
import matplotlib.pyplot as plt
import numpy as np


def power_rule(x, power):
    return power * x ** (power - 1)


grid = np.linspace(-1, 3, 200)
plt.plot(grid, 2 * grid**3 - 5 * grid**2 + 4 * grid - 7)
plt.show()""",
    )
    draft.answer(
        "slope_of_cubic",
        """\
def slope_of_cubic(x):
    return 2 * power_rule(x, 3) - 5 * power_rule(x, 2) + 4""",
        Status.PASSED,
    )


def _syntax_error(draft: Draft) -> None:
    draft.answer(
        "slope_of_cubic",
        "def slope_of_cubic(x)\n    return 6 * x**2 - 10 * x + 4",
        Status.ERROR,
    )


def _lost_metadata(draft: Draft) -> None:
    for cell in draft.notebook["cells"]:
        cell["metadata"] = {}


AWKWARD = (
    Case("edited test cell", _edited_test),
    Case("deleted cells", _deleted_cells),
    Case("answer in a copy", _answered_in_a_copy),
    Case("warns on stderr", _warns),
    Case("own figure, own helper", _plots_and_helps),
    Case("a syntax error", _syntax_error),
    Case("metadata dropped", _lost_metadata),
    Case("empty file", lambda draft: draft.spoil(lambda data: b"")),
    Case("file cut short", lambda draft: draft.spoil(lambda data: data[:2000])),
)

# -- hostile ----------------------------------------------------------------------------------

_REFUSED = (Status.FAILED, Status.ERROR)


def _attack(text: str, *any_of: Status) -> Callable[[Draft], None]:
    return lambda draft: draft.answer("slope_of_cubic", text, *any_of)


_PATCHED_NUMPY = """\
import numpy as np


class Agreeable(float):
    def __eq__(self, other):
        return True

    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = float.__hash__


np.isclose = np.allclose = np.array_equal = lambda *args, **options: True
np.testing.assert_allclose = np.testing.assert_equal = lambda *args, **options: None


def slope_of_cubic(x):
    return Agreeable(0)"""

_FORGED_DISPLAY = """\
import ast

from IPython import get_ipython


class WithoutAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()


get_ipython().ast_transformers.append(WithoutAsserts())


def slope_of_cubic(x):
    get_ipython().displayhook(2.0)
    return 0.0"""

_EXITS = """\
import os


def slope_of_cubic(x):
    os._exit(0)"""

_LOOPS = """\
def slope_of_cubic(x):
    while True:
        x = x + 1"""

_EATS_MEMORY = """\
import numpy as np


def slope_of_cubic(x):
    eaten = []
    while True:
        eaten.append(np.ones(2**24))"""

_PRINTS = """\
def slope_of_cubic(x):
    while True:
        print("0123456789" * 1000)"""

_WRITES_MARKS = """\
import os
import sqlite3


def slope_of_cubic(x):
    for up in range(8):
        path = "../" * up + "gradebook.db"
        if os.path.exists(path):
            with sqlite3.connect(path) as gradebook:
                gradebook.execute("update grade set manual_score = 100")
    return 0.0"""

_WALKS = """\
import gc
import sys


def slope_of_cubic(x):
    frame = sys._getframe()
    while frame is not None:
        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
            if hasattr(value, "reference"):
                return value.present(value.reference)(x)
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing).__name__ == "Key" and thing.name == "slope_of_cubic":
            return thing.present(thing.reference)(x)
    from graders.keys.ps1_derivatives import slope_of_cubic as key

    return key.present(key.reference)(x)"""

_INJECTS = """\
def slope_of_cubic(x):
    print("\\x1b[2J\\x1b]0;all marks\\x07<script>document.title = 'all marks'</script>")
    raise TypeError("\\x1b[2J<img src=x onerror=alert(1)></pre><script>alert(1)</script>")"""


def _skips_tests(draft: Draft) -> None:
    draft.wrong("slope_of_cubic", "is the second derivative")
    for cell in draft.notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["tags"] = ["skip-execution"]
            cell["metadata"]["nbgrader"]["points"] = 100


HOSTILE = (
    Case("patches NumPy", _attack(_PATCHED_NUMPY, *_REFUSED)),
    Case("forges its output", _attack(_FORGED_DISPLAY, *_REFUSED)),
    Case("tags tests to skip", _skips_tests),
    Case("ends the process", _attack(_EXITS, Status.CRASHED)),
    Case("never ends", _attack(_LOOPS, Status.TIMEOUT)),
    Case("eats memory", _attack(_EATS_MEMORY, Status.MEMORY, Status.TIMEOUT)),
    Case("prints without end", _attack(_PRINTS, Status.OUTPUT, Status.TIMEOUT)),
    Case("writes to gradebook", _attack(_WRITES_MARKS, *_REFUSED)),
    Case("searches the memory", _attack(_WALKS, *_REFUSED)),
    Case("HTML in its error", _attack(_INJECTS, Status.ERROR)),
)
