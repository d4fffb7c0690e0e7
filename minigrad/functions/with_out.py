"""The functions that PyTorch lets write their result into a tensor given as `out=`.

These take the places of the plain ones in the package's namespace; methods have no `out`.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from minigrad import errors
from minigrad.functions import (
    elementwise,
    extremes,
    joining,
    logic,
    matrix,
    reductions,
    rounding,
    scans,
    special,
    statistics,
    transcendental,
)
from minigrad.inplace import check_fits, copy_
from minigrad.node import TensorBase, mode


def with_out(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with an argument `out`: a tensor whose elements the result overwrites.

    One of another shape is given the result's; that it held something else is warned of.
    """

    @functools.wraps(function)
    def called(*arguments: Any, **named: Any) -> Any:
        out = named.pop("out", None) if named else None
        if out is None:
            return function(*arguments, **named)
        return _overwrite(out, function, arguments, named)

    @functools.wraps(function)
    def called_with_one(input: Any, *, out: Any = None) -> Any:
        return function(input) if out is None else _overwrite(out, function, (input,), {})

    # Handing on any arguments takes half as long as computing a sine.
    code = function.__code__
    return called_with_one if code.co_argcount + code.co_kwonlyargcount == 1 else called


def _overwrite(out: Any, function: Any, arguments: tuple[Any, ...], named: Any) -> Any:
    if mode.recording and any(_needs_gradient(x) for x in (out, *arguments)):
        raise errors.out_with_gradient(function.__name__)
    result = function(*arguments, **named)
    if out._data.shape != result._data.shape:
        _resize(out, result)
    check_fits(out, result._data)
    return copy_(out, result)


def _needs_gradient(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return any(_needs_gradient(item) for item in x)
    return isinstance(x, TensorBase) and x._requires_grad


def _resize(out: Any, result: Any) -> None:
    if out._data.size:
        warnings.warn(
            "An output with one or more elements was resized since it had shape "
            f"{list(out._data.shape)}, which does not match the required output shape "
            f"{list(result._data.shape)}. This behavior is deprecated, and in a future PyTorch "
            "release outputs will not be resized unless they have zero elements.",
            UserWarning,
            stacklevel=3,
        )
    out._data = result._data.astype(out._data.dtype)


__all__ = [
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "addcdiv",
    "addcmul",
    "addmm",
    "amax",
    "amin",
    "argmax",
    "argmin",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "bmm",
    "cat",
    "ceil",
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "concat",
    "cos",
    "cosh",
    "cumprod",
    "cumsum",
    "digamma",
    "div",
    "divide",
    "dot",
    "eq",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "float_power",
    "floor",
    "floor_divide",
    "fmod",
    "frac",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "hstack",
    "hypot",
    "le",
    "lerp",
    "less",
    "less_equal",
    "lgamma",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logsumexp",
    "lt",
    "matmul",
    "maximum",
    "mean",
    "minimum",
    "mm",
    "mul",
    "multiply",
    "mv",
    "nan_to_num",
    "ne",
    "neg",
    "negative",
    "not_equal",
    "pow",
    "prod",
    "reciprocal",
    "remainder",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "stack",
    "std",
    "sub",
    "subtract",
    "sum",
    "tan",
    "tanh",
    "true_divide",
    "trunc",
    "var",
    "vstack",
    "where",
    "xlogy",
]

abs = absolute = with_out(elementwise.abs)
add = with_out(elementwise.add)
cos = with_out(elementwise.cos)
div = with_out(elementwise.div)
divide = with_out(elementwise.divide)
eq = with_out(elementwise.eq)
exp = with_out(elementwise.exp)
floor_divide = with_out(elementwise.floor_divide)
ge = with_out(elementwise.ge)
gt = with_out(elementwise.gt)
le = with_out(elementwise.le)
log = with_out(elementwise.log)
lt = with_out(elementwise.lt)
maximum = with_out(elementwise.maximum)
minimum = with_out(elementwise.minimum)
mul = with_out(elementwise.mul)
multiply = with_out(elementwise.multiply)
ne = with_out(elementwise.ne)
neg = with_out(elementwise.neg)
negative = with_out(elementwise.negative)
pow = with_out(elementwise.pow)
reciprocal = with_out(elementwise.reciprocal)
sigmoid = with_out(elementwise.sigmoid)
sign = with_out(elementwise.sign)
sin = with_out(elementwise.sin)
sqrt = with_out(elementwise.sqrt)
square = with_out(elementwise.square)
sub = with_out(elementwise.sub)
subtract = with_out(elementwise.subtract)
tan = with_out(elementwise.tan)
tanh = with_out(elementwise.tanh)
true_divide = with_out(elementwise.true_divide)
where = with_out(elementwise.where)

bitwise_and = with_out(logic.bitwise_and)
bitwise_not = with_out(logic.bitwise_not)
bitwise_or = with_out(logic.bitwise_or)
bitwise_xor = with_out(logic.bitwise_xor)
greater = with_out(logic.greater)
greater_equal = with_out(logic.greater_equal)
less = with_out(logic.less)
less_equal = with_out(logic.less_equal)
logical_and = with_out(logic.logical_and)
logical_not = with_out(logic.logical_not)
logical_or = with_out(logic.logical_or)
logical_xor = with_out(logic.logical_xor)
not_equal = with_out(logic.not_equal)

acos = with_out(transcendental.acos)
acosh = with_out(transcendental.acosh)
asin = with_out(transcendental.asin)
asinh = with_out(transcendental.asinh)
atan = with_out(transcendental.atan)
atan2 = with_out(transcendental.atan2)
atanh = with_out(transcendental.atanh)
cosh = with_out(transcendental.cosh)
exp2 = with_out(transcendental.exp2)
expm1 = with_out(transcendental.expm1)
float_power = with_out(transcendental.float_power)
hypot = with_out(transcendental.hypot)
log1p = with_out(transcendental.log1p)
log2 = with_out(transcendental.log2)
log10 = with_out(transcendental.log10)
logaddexp = with_out(transcendental.logaddexp)
rsqrt = with_out(transcendental.rsqrt)
sinh = with_out(transcendental.sinh)
xlogy = with_out(transcendental.xlogy)

addcdiv = with_out(rounding.addcdiv)
addcmul = with_out(rounding.addcmul)
ceil = with_out(rounding.ceil)
clamp = with_out(rounding.clamp)
clamp_max = with_out(rounding.clamp_max)
clamp_min = with_out(rounding.clamp_min)
clip = with_out(rounding.clip)
fmod = with_out(rounding.fmod)
floor = with_out(rounding.floor)
frac = with_out(rounding.frac)
lerp = with_out(rounding.lerp)
nan_to_num = with_out(rounding.nan_to_num)
remainder = with_out(rounding.remainder)
round = with_out(rounding.round)
trunc = with_out(rounding.trunc)

digamma = with_out(special.digamma)
erf = with_out(special.erf)
erfc = with_out(special.erfc)
erfinv = with_out(special.erfinv)
lgamma = with_out(special.lgamma)

addmm = with_out(matrix.addmm)
bmm = with_out(matrix.bmm)
dot = with_out(matrix.dot)
matmul = with_out(matrix.matmul)
mm = with_out(matrix.mm)
mv = with_out(matrix.mv)

cat = with_out(joining.cat)
concat = with_out(joining.concat)
hstack = with_out(joining.hstack)
stack = with_out(joining.stack)
vstack = with_out(joining.vstack)

mean = with_out(reductions.mean)
sum = with_out(reductions.sum)

logsumexp = with_out(statistics.logsumexp)
prod = with_out(statistics.prod)
std = with_out(statistics.std)
var = with_out(statistics.var)

amax = with_out(extremes.amax)
amin = with_out(extremes.amin)
argmax = with_out(extremes.argmax)
argmin = with_out(extremes.argmin)

cumprod = with_out(scans.cumprod)
cumsum = with_out(scans.cumsum)
