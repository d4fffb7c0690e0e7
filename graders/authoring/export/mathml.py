"""LaTeX as MathML, which browsers draw by themselves.

latex2mathml does the work. Added here is what TeX does besides: thin spaces around the names
of functions (in `x sin y` one on each side, in `sin(y)` none), a minus that is a sign close to
its number, line breaks at relations. What is not known is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert

_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_SHORT = 12  # characters, which any line has room for
_ROWS = ("math", "mrow", "mtd")
_OPENING = ("(", "[")
_CLOSING = (")", "]")
_RELATIONS = ("=", "≈", "≤", "≥", "≠", "←", "→")
_PRIMES = ("′", "″", "‴")
_CLOSE_BY = ("|", "/")
_SIGNS = ("−", "+", "±")
_SCRIPTS = ("msup", "msub", "msubsup")

ElementTree.register_namespace("", _NAMESPACE)


class UnknownLatex(ValueError):
    """A formula that cannot be drawn."""


def mathml(latex: str, *, block: bool = False) -> str:
    """`latex` as MathML: one element, or several in a row between which a line may break.

    Raises:
        UnknownLatex: it is not LaTeX, or a command in it is not known.
    """
    try:
        root = ElementTree.fromstring(convert(latex, display="block" if block else "inline"))
    except Exception as error:
        raise UnknownLatex(f"{latex!r} cannot be drawn: {error}") from None
    if unknown := re.search(r"\\[A-Za-z]+", "".join(root.itertext())):
        raise UnknownLatex(f"{unknown[0]} in {latex!r} is not known")
    for element in list(root.iter()):
        _join_letters(element)
        _class_symbols(element)
    for element in list(root.iter()):
        if _kind(element) in _ROWS:
            _tell_signs(element)
            _space_functions(element)
    fits = block or len("".join(root.itertext())) <= _SHORT
    pieces = [root] if fits else _pieces(root)
    return "".join(ElementTree.tostring(piece, encoding="unicode") for piece in pieces)


def _join_letters(element: Element) -> None:
    """One name for the upright letters of \\mathrm, and names that are not operators."""
    letters = list(element)
    if _kind(element) == "mo" and _is_name(element.text):
        element.tag = f"{{{_NAMESPACE}}}mi"
    elif len(letters) > 1 and all(x.get("mathvariant") == "normal" for x in letters):
        element.tag = f"{{{_NAMESPACE}}}mi"
        element.text = "".join(element.itertext())
        element[:] = []


def _class_symbols(element: Element) -> None:
    """Symbols written as themselves, and not as commands, count as what TeX counts them."""
    if _kind(element) == "mi" and element.text in _RELATIONS:
        element.tag = f"{{{_NAMESPACE}}}mo"
    elif _kind(element) == "msup" and element[1].text in _PRIMES:
        # The character is small and high by itself; as an exponent it would be too small.
        element.tag = f"{{{_NAMESPACE}}}mrow"
    elif _kind(element) == "mo" and element.text in _CLOSE_BY:
        element.set("lspace", "0")
        element.set("rspace", "0")
    elif _kind(element) == "mo" and element.text == "…":
        element.tag = f"{{{_NAMESPACE}}}mi"


def _tell_signs(row: Element) -> None:
    """In `(-1, -x)` the minus is a sign, close to what follows it."""
    for before, element in pairwise(row):
        opens = _kind(before) == "mo" and before.text not in _CLOSING
        if _kind(element) == "mo" and element.text in _SIGNS and opens:
            element.set("form", "prefix")


def _space_functions(row: Element) -> None:
    """Brackets and operators bring their own space; letters, numbers and fractions do not."""
    children = list(row)
    for at in range(len(children) - 1, -1, -1):
        if not _is_function(children[at]):
            continue
        if at + 1 < len(children) and _kind(children[at + 1]) not in ("mo", "mspace"):
            row.insert(at + 1, _thin_space())
        before = children[at - 1] if at else None
        if before is not None and (
            _kind(before) not in ("mo", "mspace") or before.text in _CLOSING
        ):
            row.insert(at, _thin_space())


def _pieces(root: Element) -> Iterator[Element]:
    """A formula in a line of text, cut before each relation that stands in no bracket."""
    row = root[0] if len(root) == 1 and _kind(root[0]) == "mrow" else root
    piece, depth = Element(root.tag, root.attrib), 0
    for element in row:
        if _kind(element) == "mo" and len(element.text or "") == 1:
            depth += (element.text in _OPENING) - (element.text in _CLOSING)
            if element.text in _RELATIONS and not depth and len(piece):
                yield piece
                piece = Element(root.tag, root.attrib)
        piece.append(element)
    yield piece


def _is_function(element: Element) -> bool:
    while _kind(element) in _SCRIPTS:
        element = element[0]
    return _kind(element) == "mi" and _is_name(element.text)


def _is_name(text: str | None) -> bool:
    return bool(re.fullmatch(r"[a-z]{2,}", text or ""))


def _thin_space() -> Element:
    return Element(f"{{{_NAMESPACE}}}mspace", {"width": "0.167em"})


def _kind(element: Element) -> str:
    return element.tag.removeprefix(f"{{{_NAMESPACE}}}")
