"""Programs that print the same with PyTorch and with minigrad.

Each file in `programs/` is run twice, the second time with minigrad where it says torch. Of
numbers with a decimal point the last digit may differ: it depends on the order in which a
machine's libraries add.
"""

import contextlib
import io
import pathlib
import re
import warnings

import pytest

pytestmark = pytest.mark.slow

PROGRAMS = sorted((pathlib.Path(__file__).parent / "programs").glob("*.py"))
DECIMAL = re.compile(r"([+-]?\d+\.\d*(?:e[+-]\d+)?)")


def with_minigrad(program):
    program = re.sub(r"^import torch$", "import minigrad as torch", program, flags=re.M)
    return re.sub(r"^(import|from) torch\b", r"\1 minigrad", program, flags=re.M)


def printed(program):
    """What a program prints, cut into words and numbers."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(program, "program", "exec"), {"__name__": "program"})
    without_addresses = re.sub(r"0x[0-9a-f]+", "0x", text.getvalue())
    lines = [re.sub(r"\s+", " ", line) for line in without_addresses.splitlines()]
    return [DECIMAL.split(line) for line in lines]


def same(expected, got):
    words, numbers = expected[::2], expected[1::2]
    if words != got[::2] or len(expected) != len(got):
        return False
    return [float(x) for x in numbers] == pytest.approx(
        [float(x) for x in got[1::2]], rel=2e-4, abs=2e-4
    )


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_prints_the_same(path):
    pytest.importorskip("torch", reason="PyTorch is what minigrad is compared with")
    program = path.read_text()
    expected, got = printed(program), printed(with_minigrad(program))
    for number, lines in enumerate(zip(expected, got, strict=False), start=1):
        there, here = map("".join, lines)
        assert same(*lines), f"line {number}\nPyTorch:  {there}\nminigrad: {here}"
    assert len(expected) == len(got)
    assert len(expected) > 5


def test_a_difference_is_seen():
    assert same(["x ", "1.0000", ""], ["x ", "1.0001", ""])
    assert not same(["x ", "1.0000", ""], ["x ", "1.0010", ""])
    assert not same(["x ", "1.0000", ""], ["y ", "1.0000", ""])
    assert not same(["x ", "1.0000", ""], ["x ", "1.0000", " ", "2.0000", ""])
