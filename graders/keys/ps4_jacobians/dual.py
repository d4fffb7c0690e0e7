"""Dual(value, tangent): numbers that carry along how fast they move.

What is compared is what programs give that compute with two such numbers. A program is a plain
function of + - * / and sin(), in which plain numbers may stand on either side.
"""

import math

import numpy as np

from graders.check.values import Problem
from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.rules import BY_HAND


class Dual:
    def __init__(self, value, tangent=0.0):
        self.value, self.tangent = value, tangent

    def lift(self, other):
        return other if isinstance(other, Dual) else type(self)(other)

    def __add__(self, other):
        other = self.lift(other)
        return type(self)(self.value + other.value, self.tangent + other.tangent)

    def __sub__(self, other):
        other = self.lift(other)
        return type(self)(self.value - other.value, self.tangent - other.tangent)

    def __mul__(self, other):
        other = self.lift(other)
        tangent = self.tangent * other.value + self.value * other.tangent
        return type(self)(self.value * other.value, tangent)

    def __truediv__(self, other):
        other = self.lift(other)
        value = self.value / other.value
        return type(self)(value, (self.tangent - value * other.tangent) / other.value)

    def __radd__(self, other):
        return self.lift(other) + self

    def __rsub__(self, other):
        return self.lift(other) - self

    def __rmul__(self, other):
        return self.lift(other) * self

    def __rtruediv__(self, other):
        return self.lift(other) / self

    def sin(self):
        return type(self)(math.sin(self.value), math.cos(self.value) * self.tangent)


class WithoutHelper:
    """Every case in its own method; the quotient by its rule."""

    def __init__(self, value, tangent=0.0):
        self.value = float(value)
        self.tangent = float(tangent)

    def __add__(self, other):
        if isinstance(other, WithoutHelper):
            return WithoutHelper(self.value + other.value, self.tangent + other.tangent)
        return WithoutHelper(self.value + other, self.tangent)

    __radd__ = __add__

    def __mul__(self, other):
        if isinstance(other, WithoutHelper):
            return WithoutHelper(
                self.value * other.value,
                self.value * other.tangent + self.tangent * other.value,
            )
        return WithoutHelper(self.value * other, self.tangent * other)

    __rmul__ = __mul__

    def __sub__(self, other):
        return self + other * -1

    def __rsub__(self, other):
        return self * -1 + other

    def inverse(self):
        return WithoutHelper(1 / self.value, -self.tangent / self.value**2)

    def __truediv__(self, other):
        if isinstance(other, WithoutHelper):
            return self * other.inverse()
        return self * (1 / other)

    def __rtruediv__(self, other):
        return self.inverse() * other

    def sin(self):
        return WithoutHelper(np.sin(self.value), np.cos(self.value) * self.tangent)


class Pair(tuple):
    """A tuple that knows its two items by name."""

    def __new__(cls, value, tangent=0):
        return super().__new__(cls, (value, tangent))

    value = property(lambda self: self[0])
    tangent = property(lambda self: self[1])

    def __add__(self, other):
        b, db = other if isinstance(other, Pair) else (other, 0)
        return Pair(self[0] + b, self[1] + db)

    def __mul__(self, other):
        b, db = other if isinstance(other, Pair) else (other, 0)
        return Pair(self[0] * b, self[1] * b + self[0] * db)

    def __truediv__(self, other):
        b, db = other if isinstance(other, Pair) else (other, 0)
        return Pair(self[0] / b, (self[1] * b - self[0] * db) / (b * b))

    def __rtruediv__(self, other):
        return Pair(other) / self

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return -1 * self + other

    def sin(self):
        return Pair(math.sin(self[0]), self[1] * math.cos(self[0]))

    __radd__, __rmul__ = __add__, __mul__


class InOneArray:
    """Sums are sums of arrays; the tangent of a product is a dot product, crosswise."""

    def __init__(self, value, tangent=0.0):
        self.halves = np.array([value, tangent], dtype=np.float64)

    value = property(lambda self: self.halves[0])
    tangent = property(lambda self: self.halves[1])

    def halves_of(self, other):
        return other.halves if isinstance(other, InOneArray) else np.array([other, 0.0])

    def __add__(self, other):
        return InOneArray(*(self.halves + self.halves_of(other)))

    def __sub__(self, other):
        return InOneArray(*(self.halves - self.halves_of(other)))

    def __rsub__(self, other):
        return InOneArray(*(self.halves_of(other) - self.halves))

    def __mul__(self, other):
        halves = self.halves_of(other)
        return InOneArray(self.value * halves[0], self.halves @ halves[::-1])

    def __truediv__(self, other):
        value, tangent = self.halves_of(other)
        return self * InOneArray(1 / value, -tangent / value**2)

    def __rtruediv__(self, other):
        return InOneArray(other) / self

    def sin(self):
        return InOneArray(*(np.sin(self.value), np.cos(self.value) * self.tangent))

    __radd__, __rmul__ = __add__, __mul__


class OffTheRealLine:
    """An oracle: complex numbers whose imaginary part is a tiny multiple of the tangent."""

    step = 1e-20

    def __init__(self, value, tangent=0.0):
        self.number = complex(value, tangent * self.step)

    value = property(lambda self: self.number.real)
    tangent = property(lambda self: self.number.imag / self.step)

    def of(self, number):
        return type(self)(number.real, number.imag / self.step)

    def __add__(self, other):
        return self.of(self.number + getattr(other, "number", other))

    def __sub__(self, other):
        return self.of(self.number - getattr(other, "number", other))

    def __mul__(self, other):
        return self.of(self.number * getattr(other, "number", other))

    def __truediv__(self, other):
        return self.of(self.number / getattr(other, "number", other))

    def __rsub__(self, other):
        return self.of(other - self.number)

    def __rtruediv__(self, other):
        return self.of(other / self.number)

    def sin(self):
        return self.of(np.sin(self.number))

    __radd__, __rmul__ = __add__, __mul__


class Matrix:
    """An oracle: [[a, b], [0, a]] obeys the same laws as a + bε."""

    def __init__(self, value, tangent=0.0):
        self.table = np.array([[value, tangent], [0.0, value]])

    value = property(lambda self: self.table[0, 0])
    tangent = property(lambda self: self.table[0, 1])

    def of(self, table):
        return type(self)(table[0, 0], table[0, 1])

    def table_of(self, other):
        return other.table if isinstance(other, Matrix) else other * np.eye(2)

    def __add__(self, other):
        return self.of(self.table + self.table_of(other))

    def __sub__(self, other):
        return self.of(self.table - self.table_of(other))

    def __mul__(self, other):
        return self.of(self.table @ self.table_of(other))

    def __truediv__(self, other):
        return self.of(np.linalg.solve(self.table_of(other), self.table))

    def __rsub__(self, other):
        return self.of(self.table_of(other) - self.table)

    def __rtruediv__(self, other):
        return self.of(np.linalg.solve(self.table, self.table_of(other)))

    def sin(self):
        term, total = self.table, self.table
        for k in range(2, 60, 2):
            term = -term @ self.table @ self.table / (k * (k + 1))
            total = total + term
        return self.of(total)

    __radd__, __rmul__ = __add__, __mul__


class MultipliesTangents(Dual):
    def __mul__(self, other):
        other = self.lift(other)
        return type(self)(self.value * other.value, self.tangent * other.tangent)


class MovesOneFactor(Dual):
    def __mul__(self, other):
        other = self.lift(other)
        return type(self)(self.value * other.value, self.tangent * other.value)


class KeepsTheCorner(Dual):
    def __mul__(self, other):
        other = self.lift(other)
        right = super().__mul__(other)
        return type(self)(right.value, right.tangent + self.tangent * other.tangent)


class WeighsByItself(Dual):
    def __mul__(self, other):
        other = self.lift(other)
        tangent = self.tangent * self.value + other.value * other.tangent
        return type(self)(self.value * other.value, tangent)


class ConstantsMove(Dual):
    def lift(self, other):
        return other if isinstance(other, Dual) else type(self)(other, 1.0)


class QuotientAdds(Dual):
    def __truediv__(self, other):
        other = self.lift(other)
        value = self.value / other.value
        return type(self)(value, (self.tangent + value * other.tangent) / other.value)


class QuotientForgetsTheSquare(Dual):
    def __truediv__(self, other):
        other = self.lift(other)
        tangent = self.tangent * other.value - self.value * other.tangent
        return type(self)(self.value / other.value, tangent / other.value)


class DividesTangents(Dual):
    def __truediv__(self, other):
        other = self.lift(other)
        tangent = self.tangent / other.tangent if other.tangent else self.tangent / other.value
        return type(self)(self.value / other.value, tangent)


class TurnsTheOrderRound(Dual):
    def __rsub__(self, other):
        return self - other

    def __rtruediv__(self, other):
        return self / other


class SubtractsNoTangent(Dual):
    def __sub__(self, other):
        other = self.lift(other)
        return type(self)(self.value - other.value, self.tangent + other.tangent)


class SineForgetsTheTangent(Dual):
    def sin(self):
        return type(self)(math.sin(self.value), math.cos(self.value))


class SineOfTheTangent(Dual):
    def sin(self):
        return type(self)(math.sin(self.value), math.sin(self.tangent))


class OnlyDuals(Dual):
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = None


class ChangesItself(Dual):
    def __add__(self, other):
        other = self.lift(other)
        self.value, self.tangent = self.value + other.value, self.tangent + other.tangent
        return self


def observe(answer, program, x, dx, y, dy):
    one, other = answer(x, dx), answer(y, dy)
    for number in (one, other):
        _require_fields(number, "what Dual(2.0, 1.0) makes")
    result = program(one, other)
    _require_fields(result, "the result of a program")
    operands = [one.value, one.tangent, other.value, other.tangent]
    return result.value, result.tangent, np.array([float(number) for number in operands])


def _require_fields(number, what):
    if not (hasattr(number, "value") and hasattr(number, "tangent")):
        raise Problem(f"{what} should have a .value and a .tangent")


def newton_root(x, y):
    """Six steps towards the square root of x, from y."""
    guess = y
    for _ in range(6):
        guess = (guess + x / guess) * 0.5
    return guess


def programs(label, *made, low=0.5, high=2.0, still=False):
    """A region for each program: two random numbers that move, or one that stands still."""

    def region(program):
        def draw(generator):
            x, dx, y, dy = generator.uniform(low, high, size=4).tolist()
            return program, x, dx, y, 0.0 if still else dy

        return Region(label, draw, 2)

    return tuple(map(region, made))


DualKey = Key(
    name="Dual",
    reference=Dual,
    observe=observe,
    domain=(
        *programs("x + y", lambda x, y: x + y),
        *programs("x - y", lambda x, y: x - y),
        *programs("x * y", lambda x, y: x * y),
        *programs("x / y", lambda x, y: x / y),
        *programs("x.sin()", lambda x, y: x.sin()),
        *programs(
            "plain numbers on the right",
            lambda x, y: (x + 3) * 2 - y / 4,
            lambda x, y: x - 1.5,
        ),
        *programs("3 + x", lambda x, y: 3 + x),
        *programs("2 * x", lambda x, y: 2 * x),
        *programs("3 - x", lambda x, y: 3 - x),
        *programs("2 / x", lambda x, y: 2 / x),
        *programs(
            "negative numbers", lambda x, y: x * y / (x - 5) + y.sin(), low=-2.0, high=-0.5
        ),
        *programs("a number that stands still", lambda x, y: x * y - y / x, still=True),
        *programs("a long computation", newton_root, lambda x, y: (x * x * y).sin() / (x + y)),
    ),
    lecture="06_jacobians",
    forbidden=BY_HAND,
    parts=("the value", "the tangent", "the numbers that went in"),
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "multiplies the tangents of a product",
            MultipliesTangents,
            "The lecture's class has the product rule in it. How many terms has that?",
        ),
        Misconception(
            "lets only the first factor of a product move",
            MovesOneFactor,
            "A product has two inputs, and both may move.",
        ),
        Misconception(
            "keeps the corner dx·dy of a product",
            KeepsTheCorner,
            "A tangent is for small nudges. What is the square of a small nudge?",
            lecture="02_chain_rule",
        ),
        Misconception(
            "weighs the tangents of a product by their own values",
            WeighsByItself,
            "When one factor moves, what is its nudge multiplied by?",
        ),
        Misconception(
            "gives plain numbers the tangent 1",
            ConstantsMove,
            "How fast does the number 3 move?",
        ),
        Misconception(
            "adds the two terms of a quotient where one is subtracted",
            QuotientAdds,
            "When the denominator grows, does the quotient?",
        ),
        Misconception(
            "divides a quotient's tangent by the denominator once instead of twice",
            QuotientForgetsTheSquare,
            "What stands under the quotient rule?",
        ),
        Misconception(
            "divides the tangents of a quotient",
            DividesTangents,
            "Take x / x, which is 1 and never moves. Does your rule say so?",
        ),
        Misconception(
            "turns 3 - x into x - 3, and 2 / x into x / 2",
            TurnsTheOrderRound,
            "Python calls x.__rsub__(3) for 3 - x. Which of the two comes first?",
            lecture="03_graphs",
        ),
        Misconception(
            "adds the tangents of a difference",
            SubtractsNoTangent,
            "If both numbers grow equally fast, does their difference move?",
        ),
        Misconception(
            "forgets the tangent that arrives at the sine",
            SineForgetsTheTangent,
            "The cosine says how much a nudge is stretched. How large is the nudge?",
        ),
        Misconception(
            "takes the sine of the tangent",
            SineOfTheTangent,
            "The slope of the sine, at the value, stretches the tangent.",
        ),
        Misconception(
            "cannot compute 2 * x, with the plain number on the left",
            OnlyDuals,
            "Python asks the number on the left first, then calls x.__rmul__(2).",
            lecture="03_graphs",
        ),
        Misconception(
            "changes a number that goes into a sum",
            ChangesItself,
            "x + y makes a new number. What are x and y afterwards?",
        ),
    ),
    alternatives=(
        Alternative("every case in a method of its own", WithoutHelper),
        Alternative("a tuple with names", Pair),
        Alternative("both halves in one array", InOneArray),
    ),
    oracles=(OffTheRealLine, Matrix),
)
