"""The tensor: values, and a place on the tape.

`_data` holds the values, `_node` the operation they came from, `_grad` the gradient that has
arrived. Everything else is names: an operator or method is one line that applies a rule or
calls the function that does.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minigrad import backward as backward_
from minigrad import dtypes, errors, hooks, legacy, numpy_protocol, printing
from minigrad.apply import apply, binary, results_are, unary, wrap
from minigrad.device import CPU, check_device
from minigrad.dtypes import Size, dtype
from minigrad.functions import creation, elementwise, indexing, matrix, reductions
from minigrad.functions.arguments import one_dim
from minigrad.inplace import apply_in_place, copy_, fill_, set_item
from minigrad.methods.creation import CreationMethods
from minigrad.methods.elementwise import ElementwiseMethods
from minigrad.methods.indexing import IndexingMethods
from minigrad.methods.logic import LogicMethods
from minigrad.methods.matrix import MatrixMethods
from minigrad.methods.networks import NetworkMethods
from minigrad.methods.reductions import ReductionMethods
from minigrad.methods.shapes import ShapeMethods
from minigrad.naming import Named
from minigrad.node import TensorBase, mode
from minigrad.operands import not_compared, refused
from minigrad.rules import elementwise as rules
from minigrad.versions import INFERENCE
from minigrad.views import View, as_array, version_of


class Tensor(
    CreationMethods,
    ElementwiseMethods,
    LogicMethods,
    ReductionMethods,
    MatrixMethods,
    NetworkMethods,
    ShapeMethods,
    IndexingMethods,
    TensorBase,
    metaclass=Named,
):
    """An array of numbers of one dtype that remembers how it was computed.

    Make one with `minigrad.tensor(values, requires_grad=True)`; compute with it; then
    `y.backward()` puts the derivative of y into `.grad` of each leaf: a tensor that was not
    computed but made.
    """

    __slots__ = ()
    # NumPy leaves operators with an array on the left to the tensor.
    __array_priority__ = 1000
    # Rarely set, so not worth a slot: hooks of a leaf, the origin of a view, a name.
    _hooks: Any = None
    _after_hooks: Any = None
    _view: View | None = None
    name: str | None = None

    def __new__(cls, *given: Any) -> Tensor:
        """A float32 tensor of the given sizes, or with the given values."""
        sizes = all(isinstance(x, int) for x in given) or isinstance(given[0], Size)
        if sizes and given:
            return creation.empty(*given)
        return creation.tensor(given[0] if given else [], dtype=dtypes.float32)

    # --- What it is ------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The length of each dimension."""
        return Size(self._data.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or one of its lengths."""
        if dim is None:
            return Size(self._data.shape)
        if not self._data.ndim:
            raise errors.dimension_out_of_range(dim, 0)
        return self._data.shape[one_dim(dim, self._data.ndim)]

    @property
    def dtype(self) -> dtype:
        """The type of the elements."""
        return dtypes.FROM_NUMPY[self._data.dtype]

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return int(self._data.ndim)

    def dim(self) -> int:
        """The number of dimensions."""
        return int(self._data.ndim)

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return int(self._data.size)

    nelement = numel

    def element_size(self) -> int:
        """Bytes an element."""
        return int(self._data.itemsize)

    @property
    def itemsize(self) -> int:
        """Bytes an element."""
        return int(self._data.itemsize)

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return int(self._data.nbytes)

    device = CPU
    layout = dtypes.strided
    is_cpu = True
    is_cuda = is_mps = is_meta = is_sparse = is_quantized = is_mkldnn = False

    def get_device(self) -> int:
        """-1, which stands for the CPU."""
        return -1

    def is_inference(self) -> bool:
        """Whether it was made in `inference_mode`."""
        return self._counter is INFERENCE

    def is_complex(self) -> bool:
        """Whether the elements are complex numbers: there are none here."""
        return False

    def is_signed(self) -> bool:
        """Whether the elements have a sign."""
        return bool(self._data.dtype.kind in "if")

    def is_floating_point(self) -> bool:
        """Whether the elements are floats."""
        return bool(self._data.dtype.kind == "f")

    def is_contiguous(self) -> bool:
        """Whether the elements lie row by row in memory."""
        return bool(as_array(self).flags.c_contiguous)

    def stride(self, dim: int | None = None) -> Any:
        """For each dimension: how many elements further its next entry lies."""
        strides = tuple([s // self._data.itemsize for s in as_array(self).strides])
        return strides if dim is None else strides[dim]

    def data_ptr(self) -> int:
        """The address of the first element."""
        return int(as_array(self).ctypes.data)

    # --- Its place on the tape ---------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise errors.requires_grad_not_bool(value)
        if value and self._data.dtype.kind != "f":
            raise errors.floating_point_only_set(self._data.dtype)
        if not value and self._node is not None:
            raise errors.flag_of_non_leaf(self)
        if value and self._counter is INFERENCE and not mode.inference:
            raise errors.inference_requires_grad()
        self._requires_grad = value

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad`; returns the tensor itself."""
        if requires_grad and self._data.dtype.kind != "f":
            raise errors.floating_point_only_method(self._data.dtype)
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether it was made, not computed from something that requires a gradient."""
        return self._node is None

    @property
    def grad_fn(self) -> Any:
        """The node of the operation that computed it; None for a leaf."""
        return None if self._node is None else self._node._as_function()[0]

    @property
    def output_nr(self) -> int:
        """Which of its operation's results this is."""
        return 0 if self._node is None else self._node._as_function()[1]

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward has brought here so far, or None."""
        if self._grad is None and self._node is not None:
            warnings.warn(errors.NON_LEAF_GRAD, UserWarning, stacklevel=2)
        held: Tensor | None = self._grad
        return held

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise errors.grad_not_tensor(value)
            if value is self:
                raise errors.grad_is_itself()
            if value._data.shape != self._data.shape:
                raise errors.grad_of_wrong_shape(value._data.shape, self._data.shape)
            if value._data.dtype != self._data.dtype:
                raise errors.grad_of_wrong_dtype(value._data.dtype, self._data.dtype)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def retains_grad(self) -> bool:
        """Whether `.grad` of this computed tensor will be filled in."""
        hooks = self._node.hooks if self._node is not None else None
        return any(getattr(hook, "tensor_id", None) == id(self) for hook in hooks or ())

    def retain_grad(self) -> None:
        """Let backward fill in `.grad` here too, though this is not a leaf."""
        if not self._requires_grad:
            raise errors.retain_grad_without_graph(self)
        if self._node is not None and not self.retains_grad:
            self._node.hooks = [*(self._node.hooks or ()), hooks.RetainGrad(self)]

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> hooks.HookHandle:
        """Call `hook` with the gradient whenever it is computed.

        What it returns takes its place.
        """
        if not self._requires_grad:
            raise errors.hook_without_graph(self)
        return hooks.add_hook(self, hook)

    def register_post_accumulate_grad_hook(
        self, hook: Callable[[Tensor], None]
    ) -> hooks.HookHandle:
        """Call `hook` with this leaf, each time backward has added to its `.grad`."""
        return hooks.add_after_hook(self, hook)

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the derivative of this tensor to `.grad` of every leaf that it depends on.

        Args:
            gradient: the cotangent v of vᵀJ, in this tensor's shape; not needed for a single
                number.
            retain_graph: keep what the graph has saved, so that it can be gone through again.
            create_graph: record the computation, for derivatives of the derivative.
            inputs: add only to the `.grad` of these tensors.
        """
        backward_.backward(self, gradient, retain_graph, create_graph, inputs)

    def detach(self) -> Tensor:
        """The same values in the same memory, cut off from the tape."""
        as_array(self)
        result: Tensor = wrap(self._data)
        result._counter = version_of(self)
        return result

    def detach_(self) -> Tensor:
        """Cut this tensor off from the tape."""
        if self._view is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        self._node = None
        self._requires_grad = False
        return self

    @property
    def data(self) -> Tensor:
        """Like `detach()`, but changes made through it go unnoticed by backward."""
        as_array(self)
        return wrap(self._data)

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, TensorBase):
            raise errors.data_not_tensor(value)
        self._data = as_array(value)

    @property
    def _version(self) -> int:
        """How often the values were changed in place; views of one tensor count together."""
        return 0 if self._counter is None else self._counter.number

    @property
    def _base(self) -> Any:
        return None if self._view is None else self._view.base

    def _is_view(self) -> bool:
        return self._view is not None

    # --- Leaving for Python and NumPy ----------------------------------------------

    def item(self) -> Any:
        """The number in a tensor of one element."""
        if self._data.size != 1:
            raise errors.item_of_many(int(self._data.size))
        return self._data.item()

    def tolist(self) -> Any:
        """Nested lists of numbers; a number for a 0-d tensor."""
        return self._data.tolist()

    def numpy(self, *, force: bool = False) -> Any:
        """The values as a NumPy array that shares the tensor's memory."""
        if self._requires_grad and not force:
            raise errors.numpy_of_grad()
        return as_array(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.numpy(), dtype, copy=copy)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        return numpy_protocol.array_ufunc(ufunc, method, inputs, named)

    def __array_function__(self, function: Any, types: Any, arguments: Any, named: Any) -> Any:
        return numpy_protocol.array_function(function, arguments, named)

    def cpu(self) -> Tensor:
        """The tensor itself: all tensors live in main memory."""
        return self

    def cuda(self, device: Any = None) -> Tensor:
        """Refused: there is no GPU."""
        raise errors.no_cuda()

    def storage(self) -> Any:
        """Refused: the memory behind a tensor is a NumPy array."""
        raise errors.no_storage()

    untyped_storage = storage

    def storage_offset(self) -> int:
        """How many elements after the first of its memory this tensor begins."""
        base = as_array(self)
        first = base.ctypes.data
        while base.base is not None and hasattr(base.base, "ctypes"):
            base = base.base
        return int((first - base.ctypes.data) // self._data.itemsize)

    def __float__(self) -> float:
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def _number(self) -> Any:
        if self._data.size != 1:
            raise errors.number_of_many()
        return self._data.item()

    def __index__(self) -> int:
        if self._data.dtype.kind == "f" or self._data.size != 1:
            raise errors.not_an_index()
        return int(self._data.item())

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise errors.truth_of_many(int(self._data.size))
        return bool(self._data.item())

    def __len__(self) -> int:
        if not self._data.ndim:
            raise errors.length_of_scalar()
        return len(self._data)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._data.ndim:
            raise errors.iteration_over_scalar()
        return iter([self[i] for i in range(len(self._data))])

    def __contains__(self, value: Any) -> bool:
        return bool(elementwise.eq(self, value)._data.any())

    # By identity, like PyTorch's, although == compares the elements.
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        suffixes = []
        if self._node is not None:
            suffixes.append(f"grad_fn=<{self.grad_fn.name()}>")
        elif self._requires_grad:
            suffixes.append("requires_grad=True")
        default = dtypes.default_float.numpy
        return printing.tensor_text(np.asarray(self._data), suffixes, default_dtype=default)

    def __format__(self, specification: str) -> str:
        if self._data.ndim == 0:
            return format(self._data.item(), specification)
        return object.__format__(self, specification)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self._node is not None:
            raise errors.deepcopy_of_non_leaf(self)
        copied: Tensor = wrap(self._data.copy())
        copied.__class__ = type(self)
        copied._requires_grad = self._requires_grad
        if self._grad is not None:
            copied._grad = self._grad.__deepcopy__(memo)
        memo[id(self)] = copied
        return copied

    # --- Operators -------------------------------------------------------------------

    def __add__(self, other: Any) -> Tensor:
        try:
            return binary(rules.add, self, other)
        except TypeError as error:
            return refused(error, "+", self, other, "__radd__")

    def __radd__(self, other: Any) -> Tensor:
        try:
            return binary(rules.add, self, other)
        except TypeError as error:
            return refused(error, "+", other, self)

    def __sub__(self, other: Any) -> Tensor:
        try:
            return elementwise.sub(self, other)
        except TypeError as error:
            return refused(error, "-", self, other, "__rsub__")

    def __rsub__(self, other: Any) -> Tensor:
        try:
            return elementwise.rsub(self, other)
        except TypeError as error:
            return refused(error, "-", other, self)

    def __mul__(self, other: Any) -> Tensor:
        try:
            return binary(rules.mul, self, other)
        except TypeError as error:
            return refused(error, "*", self, other, "__rmul__")

    def __rmul__(self, other: Any) -> Tensor:
        try:
            return binary(rules.mul, self, other)
        except TypeError as error:
            return refused(error, "*", other, self)

    def __truediv__(self, other: Any) -> Tensor:
        try:
            return binary(rules.div, self, other)
        except TypeError as error:
            return refused(error, "/", self, other, "__rtruediv__")

    def __rtruediv__(self, other: Any) -> Tensor:
        try:
            return binary(rules.mul, unary(rules.reciprocal, self), other)
        except TypeError as error:
            return refused(error, "/", other, self)

    def __floordiv__(self, other: Any) -> Tensor:
        try:
            return elementwise.floor_divide(self, other)
        except TypeError as error:
            return refused(error, "//", self, other, "__rfloordiv__")

    def __rfloordiv__(self, other: Any) -> Tensor:
        try:
            return elementwise.floor_divide(other, self)
        except TypeError as error:
            return refused(error, "//", other, self)

    def __pow__(self, exponent: Any) -> Tensor:
        try:
            return elementwise.pow(self, exponent)
        except TypeError as error:
            return refused(error, "** or pow()", self, exponent, "__rpow__")

    def __rpow__(self, base: Any) -> Tensor:
        try:
            return elementwise.pow(base, self)
        except TypeError as error:
            return refused(error, "** or pow()", base, self)

    def __matmul__(self, other: Any) -> Tensor:
        try:
            return matrix.matmul(self, other)
        except TypeError as error:
            return refused(error, "@", self, other, "__rmatmul__")

    def __rmatmul__(self, other: Any) -> Tensor:
        try:
            return matrix.matmul(other, self)
        except TypeError as error:
            return refused(error, "@", other, self)

    def __neg__(self) -> Tensor:
        return elementwise.neg(self)

    def __pos__(self) -> Tensor:
        return self

    def __abs__(self) -> Tensor:
        return unary(rules.absolute, self)

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        try:
            return elementwise.eq(self, other)  # type: ignore[arg-type]
        except TypeError as error:
            return not_compared(error, other)

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        try:
            return elementwise.ne(self, other)  # type: ignore[arg-type]
        except TypeError as error:
            return not_compared(error, other)

    def __lt__(self, other: Any) -> Tensor:
        try:
            return elementwise.lt(self, other)
        except TypeError as error:
            return not_compared(error, other)

    def __le__(self, other: Any) -> Tensor:
        try:
            return elementwise.le(self, other)
        except TypeError as error:
            return not_compared(error, other)

    def __gt__(self, other: Any) -> Tensor:
        try:
            return elementwise.gt(self, other)
        except TypeError as error:
            return not_compared(error, other)

    def __ge__(self, other: Any) -> Tensor:
        try:
            return elementwise.ge(self, other)
        except TypeError as error:
            return not_compared(error, other)

    def __getitem__(self, index: Any) -> Tensor:
        return indexing.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        set_item(self, index, value)

    # --- In place ----------------------------------------------------------------------

    def __iadd__(self, other: Any) -> Tensor:
        try:
            return apply_in_place(rules.add, self, (other,))
        except TypeError as error:
            return refused(error, "+=", self, other)

    def __isub__(self, other: Any) -> Tensor:
        try:
            return apply_in_place(rules.sub, self, (other,))
        except TypeError as error:
            return refused(error, "-=", self, other)

    def __imul__(self, other: Any) -> Tensor:
        try:
            return apply_in_place(rules.mul, self, (other,))
        except TypeError as error:
            return refused(error, "*=", self, other)

    def __itruediv__(self, other: Any) -> Tensor:
        try:
            return apply_in_place(rules.div, self, (other,))
        except TypeError as error:
            return refused(error, "/=", self, other)

    def __ipow__(self, exponent: Any) -> Tensor:
        return self.pow_(exponent)

    def add_(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """Add alpha · other to this tensor."""
        return apply_in_place(rules.add, self, (_times(other, alpha),))

    def sub_(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """Subtract alpha · other from this tensor."""
        return apply_in_place(rules.sub, self, (_times(other, alpha),))

    def mul_(self, other: Any) -> Tensor:
        """Multiply this tensor by other."""
        return apply_in_place(rules.mul, self, (other,))

    def div_(self, other: Any, *, rounding_mode: str | None = None) -> Tensor:
        """Divide this tensor by other."""
        if rounding_mode is not None:
            rule = {"floor": rules.div_floor, "trunc": rules.div_trunc}.get(rounding_mode)
            if rule is None:
                raise elementwise.wrong_rounding_mode(rounding_mode)
            return apply_in_place(rule, self, (other,))
        return apply_in_place(rules.div, self, (other,))

    multiply_, subtract_, divide_ = mul_, sub_, div_

    def pow_(self, exponent: Any) -> Tensor:
        """Raise this tensor to a power."""
        if isinstance(exponent, TensorBase):
            return apply_in_place(rules.power, self, (exponent,))
        return apply_in_place(rules.pow_scalar, self, (), (exponent,))

    def neg_(self) -> Tensor:
        """Change the sign."""
        return apply_in_place(rules.neg, self)

    def exp_(self) -> Tensor:
        """Replace each element by its exponential."""
        return apply_in_place(rules.exp, self)

    def sqrt_(self) -> Tensor:
        """Replace each element by its square root."""
        return apply_in_place(rules.sqrt, self)

    def sigmoid_(self) -> Tensor:
        """Replace each element by its sigmoid."""
        return apply_in_place(rules.sigmoid, self)

    def tanh_(self) -> Tensor:
        """Replace each element by its hyperbolic tangent."""
        return apply_in_place(rules.tanh, self)

    def relu_(self) -> Tensor:
        """Replace negative elements by 0."""
        return apply_in_place(rules.relu, self)

    def zero_(self) -> Tensor:
        """Set every element to 0."""
        return fill_(self, 0)

    def fill_(self, value: Any) -> Tensor:
        """Set every element to one number."""
        return fill_(self, value)

    def copy_(self, source: Any) -> Tensor:
        """Overwrite the elements with those of `source`, stretched to this shape."""
        return copy_(self, source)

    # --- Dtypes --------------------------------------------------------------------------

    def to(
        self, *wanted: Any, dtype: Any = None, device: Any = None, copy: bool = False
    ) -> Tensor:
        """With another dtype (of another tensor, if one is given).

        Itself if nothing changes.
        """
        for given in wanted:
            if isinstance(given, Tensor):
                dtype = given.dtype
            elif isinstance(given, str):
                device = given
            elif isinstance(given, dtypes.dtype | np.dtype | type):
                dtype = given
            elif not isinstance(given, bool):
                device = given
        check_device(device)
        numpy_dtype = self._data.dtype if dtype is None else dtypes.to_numpy_dtype(dtype)
        if numpy_dtype is self._data.dtype:
            return self.clone() if copy else self
        return apply(rules.to_dtype, (self,), (numpy_dtype,))

    def type(self, dtype: Any = None) -> Any:
        """PyTorch's name of the tensor's type, or the tensor with another dtype.

        The dtype may be given by such a name too, or by the class of that name.
        """
        if dtype is None:
            return f"torch.{errors.scalar_type(self._data.dtype)}Tensor"
        return self.to(legacy.dtype_of(dtype))

    def type_as(self, other: Tensor) -> Tensor:
        """With the dtype of another tensor."""
        return self.to(other)

    def astype(self, dtype: Any) -> Tensor:
        """NumPy's name for `to`."""
        return self.to(dtype)

    def float(self) -> Tensor:
        """As float32."""
        return self.to(dtypes.float32)

    def double(self) -> Tensor:
        """As float64."""
        return self.to(dtypes.float64)

    def half(self) -> Tensor:
        """As float16."""
        return self.to(dtypes.float16)

    def long(self) -> Tensor:
        """As int64."""
        return self.to(dtypes.int64)

    def int(self) -> Tensor:
        """As int32."""
        return self.to(dtypes.int32)

    def short(self) -> Tensor:
        """As int16."""
        return self.to(dtypes.int16)

    def char(self) -> Tensor:
        """As int8."""
        return self.to(dtypes.int8)

    def byte(self) -> Tensor:
        """As uint8."""
        return self.to(dtypes.uint8)

    def bool(self) -> Tensor:
        """As bool: whether each element is not 0."""
        return self.to(dtypes.bool_)

    # --- Functions that are methods too -----------------------------------------------------

    add = elementwise.add
    sub = subtract = elementwise.sub
    mul = multiply = elementwise.mul
    div = divide = true_divide = elementwise.div
    floor_divide = elementwise.floor_divide
    neg = negative = elementwise.neg
    pow = elementwise.pow
    square = elementwise.square
    sqrt = elementwise.sqrt
    reciprocal = elementwise.reciprocal
    exp = elementwise.exp
    log = elementwise.log
    sin = elementwise.sin
    cos = elementwise.cos
    tan = elementwise.tan
    tanh = elementwise.tanh
    sigmoid = elementwise.sigmoid
    relu = elementwise.relu
    abs = absolute = elementwise.abs
    sign = elementwise.sign
    maximum = elementwise.maximum
    minimum = elementwise.minimum

    sum = reductions.sum
    mean = reductions.mean
    all = reductions.all
    any = reductions.any

    dot = matrix.dot
    mv = matrix.mv
    mm = matrix.mm
    bmm = matrix.bmm
    addmm = matrix.addmm
    matmul = matrix.matmul

    def where(self, condition: Tensor, other: Any) -> Tensor:
        """This tensor where the condition holds, other elsewhere."""
        chosen: Tensor = elementwise.where(condition, self, other)
        return chosen


def _times(other: Any, alpha: Any) -> Any:
    return other if alpha == 1 else other * alpha


results_are(Tensor)
