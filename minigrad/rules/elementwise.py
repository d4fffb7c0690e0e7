"""Operations that act on each number by itself.

Here each derivative is a factor: cotangent (or tangent) times slope.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad.node import TensorBase
from minigrad.rules.table import Case, elementwise

FLOAT32 = np.dtype(np.float32)
FLOAT64 = np.dtype(np.float64)
# Up to here a tensor is printed in full, so its last digits are seen; beyond, speed counts
# more.
READABLE_SIZE = 1000


def rounded(function: Any, on_number: Callable[[Any], float]) -> Any:
    """A NumPy function whose float32 results are right to the last bit.

    NumPy's own float32 versions are a bit off in up to half of all cases, and PyTorch's rarely:
    computed in float64 and rounded, what is printed here and there agrees. On a single number
    Python's `on_number` is several times faster. Tensors pass through, to be recorded.
    """

    def compute(x: Any) -> Any:
        if type(x) is np.float32:
            try:
                return np.float32(on_number(x))
            except (ValueError, OverflowError):
                return function(x)
        if x.dtype is FLOAT32 and x.size <= READABLE_SIZE:
            return function(x, dtype=FLOAT64).astype(FLOAT32)
        return function(x)

    return compute


exp_ = rounded(np.exp, math.exp)
log_ = rounded(np.log, math.log)
sin_ = rounded(np.sin, math.sin)
cos_ = rounded(np.cos, math.cos)
tan_ = rounded(np.tan, math.tan)
tanh_ = rounded(np.tanh, math.tanh)
sign_ = rounded(np.sign, lambda x: 1.0 if x > 0 else -1.0 if x < 0 else 0.0)

# --- Arithmetic --------------------------------------------------------------

add = elementwise("add", operator.add, lambda g: g, lambda g: g, formula=("1", "1"))

sub = elementwise("sub", operator.sub, lambda g: g, lambda g: -g, formula=("1", "-1"))

rsub = elementwise(
    "rsub",
    lambda x, y: y - x,
    lambda g: -g,
    lambda g: g,
    node_name="RsubBackward1",
    formula=("-1", "1"),
    note="y - x, for a number y on the left",
)

mul = elementwise(
    "mul", operator.mul, lambda g, y: g * y, lambda g, x: g * x, formula=("y", "x")
)

div = elementwise(
    "div",
    operator.truediv,
    lambda g, y: g / y,
    lambda g, x, y: -g * x / (y * y),
    promotion="float",
    formula=("1/y", "-x/y²"),
    note="y ≠ 0",
    domain=((-2.0, 0.5), (2.0, 2.0)),
)


def _truncated_quotient(x: Any, y: Any) -> Any:
    quotient = np.trunc(x / y)
    return quotient if quotient.dtype == x.dtype else quotient.astype(x.dtype)


div_floor = elementwise(
    "div_floor",
    np.floor_divide,
    lambda g: g * 0,
    lambda g: g * 0,
    node_name="DivBackward1",
    formula=("0", "0"),
    note="constant between its steps",
    domain=((1.1, 1.3), (1.9, 1.4)),
)

div_trunc = elementwise(
    "div_trunc",
    _truncated_quotient,
    lambda g: g * 0,
    lambda g: g * 0,
    node_name="DivBackward1",
    formula=("0", "0"),
    note="constant between its steps",
    domain=((1.1, 1.3), (1.9, 1.4)),
)

neg = elementwise("neg", operator.neg, lambda g: -g, formula=("-1",))

reciprocal = elementwise(
    "reciprocal",
    lambda x: 1 / x,
    lambda g, out: -g * out * out,
    promotion="float",
    formula=("-1/x²",),
    note="x ≠ 0",
    domain=(0.5, 2.0),
)

# --- Powers ------------------------------------------------------------------


def _power(x: Any, exponent: Any) -> Any:
    if exponent == 2:
        return x * x
    if exponent == 3:
        return x * x * x
    return x**exponent


def _power_slope(g: Any, x: Any, exponent: Any) -> Any:
    if exponent == 2:
        return g * (2 * x)
    # At exponent 0 the power is constant, also where x is 0 and x^-1 is not finite.
    if exponent == 0:
        return g * (0 * x)
    # Recorded, it is one power again, not a product of x with itself.
    power = operator.pow if isinstance(x, TensorBase) else _power
    return g * (exponent * power(x, exponent - 1))


pow_scalar = elementwise(
    "pow_scalar",
    _power,
    _power_slope,
    params=("exponent",),
    node_name="PowBackward0",
    formula=("p xᵖ⁻¹",),
    note="x ≥ 0 unless p is an integer; at x = 0 the slope is infinite for p < 1",
    domain=(0.5, 2.0),
    example_params=(3.5,),
)

power_of_number = elementwise(
    "power_of_number",
    lambda x, base: base**x,
    lambda g, out, base: g * out * math.log(base),
    params=("base",),
    node_name="PowBackward2",
    saved_as={"x": "exponent", "base": "self"},
    formula=("bˣ ln b",),
    note="b > 0 a number",
    example_params=(2.5,),
)

power = elementwise(
    "pow",
    operator.pow,
    lambda g, x, y: np.where(y == 0, 0, g * (y * x ** (y - 1))),
    lambda g, x, y, out: np.where((x == 0) & (y >= 0), 0, g * out * log_(x)),
    node_name="PowBackward1",
    saved_as={"y": "exponent"},
    formula=("y xʸ⁻¹", "xʸ ln x"),
    note="x > 0, or x = 0 and y ≥ 0, where the slope in y counts as 0",
    domain=(0.5, 2.0),
)

sqrt = elementwise(
    "sqrt",
    np.sqrt,
    lambda g, out: g / (2 * out),
    promotion="float",
    formula=("1/(2√x)",),
    note="x ≥ 0; infinite slope at 0",
    domain=(0.5, 2.0),
)

# --- Exponential and logarithm -----------------------------------------------

exp = elementwise("exp", exp_, lambda g, out: g * out, promotion="float", formula=("eˣ",))

log = elementwise(
    "log",
    log_,
    lambda g, x: g / x,
    promotion="float",
    formula=("1/x",),
    note="x > 0; infinite slope at 0",
    domain=(0.5, 2.0),
)

# --- Trigonometry ------------------------------------------------------------

sin = elementwise("sin", sin_, lambda g, x: g * cos_(x), promotion="float", formula=("cos x",))

cos = elementwise(
    "cos", cos_, lambda g, x: -g * sin_(x), promotion="float", formula=("-sin x",)
)

tan = elementwise(
    "tan",
    tan_,
    lambda g, out: g * (1 + out * out),
    promotion="float",
    formula=("1 + tan² x",),
    note="x ≠ π/2 + kπ",
    domain=(-1.0, 1.0),
)

tanh = elementwise(
    "tanh",
    tanh_,
    lambda g, out: g * (1 - out * out),
    promotion="float",
    formula=("1 - tanh² x",),
)

sigmoid = elementwise(
    "sigmoid",
    lambda x: 1 / (1 + exp_(-x)),
    lambda g, out: g * (out * (1 - out)),
    promotion="float",
    formula=("s(1 - s), s = 1/(1 + e⁻ˣ)",),
)

# --- With a kink -------------------------------------------------------------

absolute = elementwise(
    "abs",
    operator.abs,
    lambda g, x: g * sign_(x),
    formula=("sign x",),
    note="kink at 0, where the slope counts as 0",
    domain=(0.5, 2.0),
)

relu = elementwise(
    "relu",
    lambda x: np.maximum(x, 0),
    lambda g, out: np.where(out > 0, g, 0),
    formula=("1 if x > 0 else 0",),
    note="kink at 0, where the slope counts as 0",
    domain=(0.5, 2.0),
)

maximum = elementwise(
    "maximum",
    np.maximum,
    lambda g, x, y: np.where(x == y, g / 2, np.where(x > y, g, 0)),
    lambda g, x, y: np.where(x == y, g / 2, np.where(x > y, 0, g)),
    formula=("1 if x > y else 0", "1 if y > x else 0"),
    note="at a tie, one half each",
)

minimum = elementwise(
    "minimum",
    np.minimum,
    lambda g, x, y: np.where(x == y, g / 2, np.where(x < y, g, 0)),
    lambda g, x, y: np.where(x == y, g / 2, np.where(x < y, 0, g)),
    formula=("1 if x < y else 0", "1 if y < x else 0"),
    note="at a tie, one half each",
)

sign = elementwise(
    "sign",
    lambda x: sign_(x) if x.dtype.kind != "b" else x.copy(),
    lambda g: g * 0,
    formula=("0",),
    note="a jump at 0",
    domain=(0.5, 2.0),
)

# --- Choosing and copying ----------------------------------------------------


def _to_dtype(x: Any, dtype: Any) -> Any:
    return x.astype(dtype)


where = elementwise(
    "where",
    np.where,
    None,
    lambda g, condition: np.where(condition, g, 0),
    lambda g, condition: np.where(condition, 0, g),
    inputs=("condition", "x", "y"),
    promotion=None,
    formula=("", "1 if the condition holds else 0", "0 if the condition holds else 1"),
    cases=(Case((np.array([[True], [False]]), (2, 3), (3,))),),
)

clone = elementwise(
    "clone",
    lambda x, order: x.copy(order),
    lambda g: g,
    params=("order",),
    promotion=None,
    formula=("1",),
    note="order: in which its elements lie in memory",
    example_params=("K",),
)

to_dtype = elementwise(
    "to_dtype",
    _to_dtype,
    lambda g: g,
    params=("dtype",),
    promotion=None,
    node_name="ToCopyBackward0",
    formula=("1",),
    note="a change of dtype; the cotangent changes back",
    example_params=(np.dtype(np.float64),),
)
