"""Methods that answer yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minigrad import errors
from minigrad.functions import elementwise, logic
from minigrad.methods.in_place import of_function

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


class LogicMethods:
    """Comparisons, logic and bits as methods, operators and in place."""

    __slots__ = ()

    eq = elementwise.eq
    ne = not_equal = elementwise.ne
    lt = less = elementwise.lt
    le = less_equal = elementwise.le
    gt = greater = elementwise.gt
    ge = greater_equal = elementwise.ge

    eq_ = of_function(elementwise.eq)
    ne_ = not_equal_ = of_function(elementwise.ne)
    lt_ = less_ = of_function(elementwise.lt)
    le_ = less_equal_ = of_function(elementwise.le)
    gt_ = greater_ = of_function(elementwise.gt)
    ge_ = greater_equal_ = of_function(elementwise.ge)

    logical_and = logic.logical_and
    logical_or = logic.logical_or
    logical_xor = logic.logical_xor
    logical_not = logic.logical_not
    bitwise_and = __and__ = __rand__ = logic.bitwise_and
    bitwise_or = __or__ = __ror__ = logic.bitwise_or
    bitwise_xor = __xor__ = __rxor__ = logic.bitwise_xor
    bitwise_not = logic.bitwise_not
    bitwise_left_shift = __lshift__ = logic.bitwise_left_shift
    bitwise_right_shift = __rshift__ = logic.bitwise_right_shift

    def __rlshift__(self, other: Any) -> Tensor:
        return logic.bitwise_left_shift(other, self)  # type: ignore[arg-type]

    def __rrshift__(self, other: Any) -> Tensor:
        return logic.bitwise_right_shift(other, self)  # type: ignore[arg-type]

    def __invert__(self: Any) -> Tensor:
        if self._data.dtype.kind == "f":
            raise errors.inversion_of_floats()
        return logic.bitwise_not(self)

    logical_and_ = of_function(logic.logical_and)
    logical_or_ = of_function(logic.logical_or)
    logical_xor_ = of_function(logic.logical_xor)
    logical_not_ = of_function(logic.logical_not)
    bitwise_and_ = __iand__ = of_function(logic.bitwise_and)
    bitwise_or_ = __ior__ = of_function(logic.bitwise_or)
    bitwise_xor_ = __ixor__ = of_function(logic.bitwise_xor)
    bitwise_not_ = of_function(logic.bitwise_not)
    bitwise_left_shift_ = __ilshift__ = of_function(logic.bitwise_left_shift)
    bitwise_right_shift_ = __irshift__ = of_function(logic.bitwise_right_shift)

    isnan = logic.isnan
    isinf = logic.isinf
    isposinf = logic.isposinf
    isneginf = logic.isneginf
    isfinite = logic.isfinite
    isreal = logic.isreal
    isclose = logic.isclose
    allclose = logic.allclose
    equal = logic.equal
