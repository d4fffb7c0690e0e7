"""Mathematics without a script: spacing as TeX has it, and a font that has every character."""

import itertools
import re
import unicodedata
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from lecture_files import LECTURES, code, prose, read

from graders.authoring.export import FONT
from graders.authoring.export.mathml import UnknownLatex, mathml

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
# A browser draws a name of one letter with the character of the italic alphabet.
ITALIC = {
    unicodedata.normalize("NFKC", chr(c)): chr(c)
    for c in itertools.chain(range(0x1D434, 0x1D468), range(0x1D6E2, 0x1D71C), [0x210E])
}


def elements(latex: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<p>{mathml(latex)}</p>").iter())


def tags(latex: str) -> list[str]:
    return [re.sub(r"\{.*\}", "", element.tag) for element in elements(latex)]


@pytest.mark.parametrize(
    ("latex", "spaces"),
    [
        (r"x \sin y", 2),
        (r"\sin(y)", 0),
        (r"\sin x", 1),
        (r"1 + \ln x", 1),
        (r"f(x) \cos x", 2),
        (r"\sin^2 x", 1),
        (r"c\,\mathrm{relu}(u)", 1),
        (r"W_2 \max(u, 0)", 1),
    ],
)
def test_names_of_functions_stand_apart_from_letters_alone(latex: str, spaces: int) -> None:
    assert tags(latex).count("mspace") == spaces


@pytest.mark.parametrize(
    ("latex", "signs"), [("(-1, -x)", 2), ("a - b", 0), ("f(x) - 1", 0), ("y = -x", 1)]
)
def test_a_minus_after_nothing_is_a_sign(latex: str, signs: int) -> None:
    assert mathml(latex).count('form="prefix"') == signs


def test_an_upright_name_is_one_name() -> None:
    assert "<mi>relu</mi>" in mathml(r"\mathrm{relu}(u)")


def test_a_relation_written_as_itself_has_room() -> None:
    assert "<mo>≈</mo>" in mathml("x ≈ 2")
    assert "<mo>←</mo>" in mathml("x ← 2")


def test_a_prime_is_not_made_smaller() -> None:
    assert "msup" not in tags("f''(x)")
    assert "msup" in tags("f^2(x)")


@pytest.mark.parametrize(
    ("latex", "pieces"),
    [
        ("a_1 + a_2 + a_3 = b_1 + b_2 = c", 3),
        ("f(x = 1, y = 2, z = 3, w = 4)", 1),
        (r"\sum_{i=1}^{n} a_{i=1} b_{i=1} c_{i=1}", 1),
        ("= 123456789 + 987654321", 1),
        ("a = b", 1),
    ],
)
def test_a_line_may_break_before_a_relation(latex: str, pieces: int) -> None:
    assert tags(latex).count("math") == pieces
    assert mathml(latex, block=True).count("<math ") == 1


@pytest.mark.parametrize("latex", [r"\foo x", r"\frac{1}{"])
def test_what_cannot_be_drawn_is_said(latex: str) -> None:
    with pytest.raises(UnknownLatex, match=r"cannot be drawn|not known"):
        mathml(latex)


def test_the_font_has_every_character_of_every_formula() -> None:
    drawn = TTFont(FONT).getBestCmap()
    found = 0
    for path in LECTURES:
        notebook = read(path)
        shown = [
            output.get("data", {}).get("text/markdown", "")
            for cell in code(notebook)
            for output in cell.outputs
        ]
        text = re.sub(r"`[^`]*`", "", "\n".join([prose(notebook), *shown]))
        for display, inline in FORMULA.findall(text):
            for element in elements(display or inline):
                letters = (element.text or "").strip()
                if element.tag.endswith("}mi") and len(letters) == 1:
                    letters = ITALIC.get(letters, letters)
                missing = [c for c in letters if ord(c) not in drawn and not c.isspace()]
                assert not missing, f"{path.name}: {missing} in {display or inline}"
                found += 1
    assert found > 1000
