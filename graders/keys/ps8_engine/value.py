"""Value: numbers whose operators record, for every result, its inputs and local derivatives.

An answer may compute a - b in one node or as a + (-b). So what is compared is each result's
number and how fast it moves, found by carrying tangents from the leaves along `inputs`.
"""

import numpy as np

from graders.check.values import Problem, as_array
from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps8_engine.node import Node

OPERATIONS = {
    "x + y": lambda x, y, c: x + y,
    "x + 2": lambda x, y, c: x + c,
    "2 + x": lambda x, y, c: c + x,
    "x * y": lambda x, y, c: x * y,
    "x * 2": lambda x, y, c: x * c,
    "2 * x": lambda x, y, c: c * x,
    "-x": lambda x, y, c: -x,
    "x - y": lambda x, y, c: x - y,
    "x - 2": lambda x, y, c: x - c,
    "2 - x": lambda x, y, c: c - x,
    "x / y": lambda x, y, c: x / y,
    "x / 2": lambda x, y, c: x / c,
    "2 / x": lambda x, y, c: c / x,
    "x**3": lambda x, y, c: x**3,
    "x**-2": lambda x, y, c: x**-2,
    "a longer formula": lambda x, y, c: (x * y + x) / (y - c * x),
}


def observe(answer, operation, numbers, tangents):
    """The result's number, and its movement when the two Values move by `tangents`."""
    a, b, c = numbers
    x, y = answer(a), answer(b)
    for leaf, tangent in ((x, tangents[0]), (y, tangents[1])):
        if not hasattr(leaf, "inputs"):
            raise Problem("Value(2.0) has no attribute inputs; it should inherit from Node")
        leaf.grad = tangent  # a leaf's own movement; constants keep their 0
    result = OPERATIONS[operation](x, y, c)
    if not hasattr(result, "inputs"):
        raise Problem(f"{operation} should be a Value and is not")
    return _number(result.data), _movement(result)


def _number(value):
    array = as_array(value, "the data of a Value")
    if array.shape != ():
        raise Problem("the data of a Value should be one number")
    return float(array)


def _movement(node, depth=0):
    links = list(node.inputs)
    if not links:
        return node.grad
    if depth > 20:
        raise Problem("the inputs of a Value lead in a circle")
    moved = 0.0
    for link in links:
        try:
            source, slope = link
        except (TypeError, ValueError):
            raise Problem("inputs should hold pairs (input, local derivative)") from None
        moved += _number(slope) * _movement(source, depth + 1)
    return moved


def lifted(other):
    """Numbers as nodes without inputs."""
    return other if isinstance(other, Node) else Node(other)


class Reference(Node):
    def __add__(self, other):
        other = lifted(other)
        return Reference(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = lifted(other)
        return Reference(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, n):
        return Reference(self.data**n, ((self, n * self.data ** (n - 1)),))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        return self * other**-1.0

    def __rtruediv__(self, other):
        return self**-1.0 * other

    __radd__, __rmul__ = __add__, __mul__


class OneNodeEach(Node):
    """Every operator with its own two slopes, nothing composed."""

    def _made(self, number, *links):
        recorded = [(source, slope) for source, slope in links if isinstance(source, Node)]
        return OneNodeEach(number, tuple(recorded))

    def __add__(self, other):
        return self._made(self.data + _data(other), (self, 1), (other, 1))

    def __radd__(self, other):
        return self._made(other + self.data, (self, 1))

    def __sub__(self, other):
        return self._made(self.data - _data(other), (self, 1), (other, -1))

    def __rsub__(self, other):
        return self._made(other - self.data, (self, -1))

    def __mul__(self, other):
        return self._made(self.data * _data(other), (self, _data(other)), (other, self.data))

    def __rmul__(self, other):
        return self._made(other * self.data, (self, other))

    def __truediv__(self, other):
        d = _data(other)
        return self._made(self.data / d, (self, 1 / d), (other, -self.data / d**2))

    def __rtruediv__(self, other):
        return self._made(other / self.data, (self, -other / self.data**2))

    def __pow__(self, n):
        return self._made(self.data**n, (self, n * self.data ** (n - 1)))

    def __neg__(self):
        return self._made(-self.data, (self, -1))


def _data(other):
    return other.data if isinstance(other, Node) else other


class Lists(Node):
    """inputs as lists, numbers lifted, exact quotients from logarithmic derivatives."""

    def _of(self, other):
        return other if isinstance(other, Lists) else Lists(np.float64(other), [])

    def __add__(self, other):
        other = self._of(other)
        return Lists(self.data + other.data, [[self, 1], [other, 1]])

    def __radd__(self, other):
        return self._of(other) + self

    def __mul__(self, other):
        other = self._of(other)
        y = self.data * other.data
        return Lists(y, [[self, y / self.data], [other, y / other.data]])

    def __rmul__(self, other):
        return self._of(other) * self

    def __pow__(self, n):
        y = self.data**n
        return Lists(y, [[self, y * n / self.data]])

    def __neg__(self):
        return 0 - self

    def __sub__(self, other):
        other = self._of(other)
        return Lists(self.data - other.data, [[self, 1], [other, -1]])

    def __rsub__(self, other):
        return self._of(other) - self

    def __truediv__(self, other):
        return self * self._of(other) ** -1

    def __rtruediv__(self, other):
        return self._of(other) / self


class Subclassed(Reference):
    """A right answer by inheritance, with wrapped operators."""

    def __sub__(self, other):
        return -(-self + other)

    def __truediv__(self, other):
        return (other / self) ** -1 if not isinstance(other, Node) else self * other**-1


def by_slopes(slope_of):
    """An oracle: each operator's slopes are worked out from its formula by `slope_of`."""

    class Numeric(Node):
        def _apply(self, f, *others):
            given = (self, *others)
            numbers = [_data(v) for v in given]
            links = [
                (v, slope_of(lambda t, i=i: f(*numbers[:i], t, *numbers[i + 1 :]), numbers[i]))
                for i, v in enumerate(given)
                if isinstance(v, Node)
            ]
            return Numeric(float(f(*numbers)), tuple(links))

        def __add__(self, other):
            return self._apply(lambda u, v: u + v, other)

        def __sub__(self, other):
            return self._apply(lambda u, v: u - v, other)

        def __rsub__(self, other):
            return self._apply(lambda u: other - u)

        def __mul__(self, other):
            return self._apply(lambda u, v: u * v, other)

        def __truediv__(self, other):
            return self._apply(lambda u, v: u / v, other)

        def __rtruediv__(self, other):
            return self._apply(lambda u: other / u)

        def __pow__(self, n):
            return self._apply(lambda u: u**n)

        def __neg__(self):
            return self._apply(lambda u: -u)

        __radd__, __rmul__ = __add__, __mul__

    return Numeric


def complex_slope(f, at):
    return float(np.imag(f(at + 1e-20j)) / 1e-20)


def slope_with_digits(f, at):
    import mpmath

    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -25
        ends = [f(mpmath.mpf(at) + side * step) for side in (1, -1)]
        return float((ends[0] - ends[1]) / (2 * step))


def mistaken(**methods):
    """The one-node-each class with some operators written wrongly."""
    return type("Mistaken", (OneNodeEach,), methods)


def _binary(number, slopes):
    def operator(self, other):
        u, v = self.data, _data(other)
        first, second = slopes(u, v)
        return self._made(number(u, v), (self, first), (other, second))

    return operator


def _quotient_wrong(self, other):
    d = _data(other)
    return self._made(self.data / d, (self, 1 / d), (other, self.data / d**2))


def regions():
    """Each operation by itself, so that a student is told which one is wrong."""

    def draw(operation):
        def arguments(generator):
            a, b, c = generator.uniform(0.5, 2.0, 3) * (1, generator.choice([-1, 1]), 2)
            size = generator.choice([1.0, 100.0])
            numbers = tuple(map(float, (size * a, size * b, c)))
            return operation, numbers, generator.normal(size=2)

        return arguments

    return tuple(Region(operation, draw(operation), 2) for operation in OPERATIONS)


Value = Key(
    name="Value",
    reference=Reference,
    observe=observe,
    parts=("the data of the result", "its local derivatives"),
    domain=regions(),
    lecture="13_engine",
    rtol=1e-9,
    misconceptions=(
        Misconception(
            "weighs each factor of a product by itself",
            mistaken(
                __mul__=_binary(lambda u, v: u * v, lambda u, v: (u, v)),
                __rmul__=lambda self, c: self._made(c * self.data, (self, c)),
            ),
            "In u·v, nudge u: what is the nudge multiplied by?",
        ),
        Misconception(
            "loses the minus sign of the subtrahend",
            mistaken(__sub__=_binary(lambda u, v: u - v, lambda u, v: (1, 1))),
            "When v grows, what does u - v do?",
        ),
        Misconception(
            "loses the minus sign of the divisor's slope",
            mistaken(__truediv__=_quotient_wrong),
            "When the divisor grows, the quotient shrinks.",
        ),
        Misconception(
            "computes number - value as value - number",
            mistaken(__rsub__=lambda self, c: self._made(self.data - c, (self, 1))),
            "In c - x Python calls x.__rsub__(c). Which of the two comes first in your line?",
        ),
        Misconception(
            "computes number / value as value / number",
            mistaken(__rtruediv__=lambda self, c: self._made(self.data / c, (self, 1 / c))),
            "In c / x Python calls x.__rtruediv__(c). Which of the two is divided?",
        ),
        Misconception(
            "does not lower the power in the slope",
            mistaken(
                __pow__=lambda self, n: self._made(self.data**n, (self, n * self.data**n))
            ),
            "The slope of x³ is not 3x³.",
        ),
        Misconception(
            "drops the power as a factor",
            mistaken(
                __pow__=lambda self, n: self._made(self.data**n, (self, self.data ** (n - 1)))
            ),
            "The power comes down as a factor, and is lowered by one.",
        ),
        Misconception(
            "records no input for a minus sign",
            mistaken(__neg__=lambda self: OneNodeEach(-self.data)),
            "-x is computed from x. Without an input, the way back ends there.",
        ),
        Misconception(
            "records only the first input of a sum",
            mistaken(
                __add__=lambda self, other: self._made(self.data + _data(other), (self, 1))
            ),
            "Two numbers enter a sum, and it moves with both.",
        ),
        Misconception(
            "has no operator for a number on the left",
            mistaken(__radd__=None, __rmul__=None, __rsub__=None, __rtruediv__=None),
            "2 * x: Python asks the number first, which knows nothing of your class, and then "
            "x.__rmul__. Which four methods of this kind are needed?",
        ),
    ),
    alternatives=(
        Alternative("one node for each operator", OneNodeEach),
        Alternative("lists, logarithmic derivatives", Lists),
        Alternative("composed in other ways", Subclassed),
    ),
    oracles=(by_slopes(complex_slope), by_slopes(slope_with_digits)),
    equivalent_mutants=frozenset(
        {
            "line 14: `self * -1.0` became `self / -1.0`",
            # The order of the inputs is the answer's own affair.
            "line 4: `((self, 1.0), (other, 1.0))` became `((other, 1.0), (self, 1.0))`",
            "line 8: `((self, other.data), (other, self.data))` became "
            "`((other, self.data), (self, other.data))`",
        }
    ),
)
