"""Methods that change the shape or the order of a tensor, cut it up or lay it out anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.functions import joining, rearranging, shapes
from minigrad.functions.arguments import one_dim, some_dims
from minigrad.inplace import apply_in_place, change_layout, check_may_be_recorded
from minigrad.node import mode
from minigrad.rules import placing as placing_rules
from minigrad.rules import rearranging as rearranging_rules
from minigrad.rules import shapes as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


class ShapeMethods:
    """Shape functions as methods."""

    __slots__ = ()

    clone = shapes.clone
    contiguous = shapes.contiguous

    # --- Shapes and orders of dimensions ------------------------------------------------

    reshape = shapes.reshape
    view = shapes.view
    flatten = shapes.flatten
    unflatten = shapes.unflatten
    ravel = shapes.ravel
    squeeze = shapes.squeeze
    unsqueeze = shapes.unsqueeze
    permute = shapes.permute
    transpose = swapaxes = swapdims = shapes.transpose
    movedim = moveaxis = shapes.movedim
    t = shapes.t
    adjoint = shapes.adjoint
    expand = shapes.expand
    broadcast_to = shapes.broadcast_to
    narrow = shapes.narrow
    narrow_copy = shapes.narrow_copy
    select = shapes.select
    sum_to_size = rearranging.sum_to_size
    unfold = rearranging.unfold

    # --- Parts --------------------------------------------------------------------------

    split = joining.split
    split_with_sizes = joining.split_with_sizes
    unsafe_split = joining.unsafe_split
    unsafe_split_with_sizes = joining.unsafe_split_with_sizes
    chunk = joining.chunk
    unsafe_chunk = joining.unsafe_chunk
    tensor_split = joining.tensor_split
    hsplit = joining.hsplit
    vsplit = joining.vsplit
    dsplit = joining.dsplit
    unbind = joining.unbind

    # --- Copies in another arrangement --------------------------------------------------

    flip = rearranging.flip
    fliplr = rearranging.fliplr
    flipud = rearranging.flipud
    rot90 = rearranging.rot90
    roll = rearranging.roll
    repeat = rearranging.repeat
    tile = rearranging.tile
    repeat_interleave = rearranging.repeat_interleave
    tril = rearranging.tril
    triu = rearranging.triu
    diag = rearranging.diag
    diag_embed = rearranging.diag_embed
    diagflat = rearranging.diagflat
    diagonal = rearranging.diagonal

    # --- The tensor itself in another layout --------------------------------------------

    def unsqueeze_(self: Any, dim: int) -> Tensor:
        """Give this tensor a new dimension of length 1."""
        axis = one_dim(dim, self.ndim + 1)
        return change_layout(self, rules.unsqueeze_, (axis,), (rules.squeeze, ((axis,),)))

    def squeeze_(self: Any, dim: Any = None) -> Tensor:
        """Take this tensor's dimensions of length 1 (or those of them in `dim`) away."""
        shape = self._data.shape
        among = range(len(shape)) if dim is None else some_dims(dim, len(shape)) or ()
        gone = tuple([i for i in among if shape[i] == 1])
        rule = rules.squeeze_ if dim is None else rules.squeeze_some_
        if isinstance(dim, int):
            rule = rules.squeeze_one_
        return change_layout(self, rule, (gone,), (rules.reshape, (shape,)))

    def transpose_(self: Any, dim0: int, dim1: int) -> Tensor:
        """Swap two dimensions of this tensor."""
        dims = (one_dim(dim0, self.ndim), one_dim(dim1, self.ndim))
        if self.ndim == 0:
            return self  # type: ignore[no-any-return]
        return change_layout(self, rules.transpose_, dims, (rules.transpose, dims))

    swapaxes_ = swapdims_ = transpose_

    def t_(self: Any) -> Tensor:
        """Transpose this matrix; a vector stays as it is."""
        if self.ndim > 2:
            if mode.recording and self.requires_grad:
                check_may_be_recorded(self)
            raise RuntimeError(
                f"t_() expects a tensor with <= 2 dimensions, but self is {self.ndim}D"
            )
        return change_layout(self, rules.t_, (), (rules.t, ()))

    # --- In place -----------------------------------------------------------------------

    def tril_(self: Any, diagonal: int = 0) -> Tensor:
        """Set what lies above a diagonal to zero."""
        rearranging.check_is_matrix("tril", self)
        return apply_in_place(rearranging_rules.tril, self, (), (diagonal,))

    def triu_(self: Any, diagonal: int = 0) -> Tensor:
        """Set what lies below a diagonal to zero."""
        rearranging.check_is_matrix("triu", self)
        return apply_in_place(rearranging_rules.triu, self, (), (diagonal,))

    def fill_diagonal_(self: Any, fill_value: Any, wrap: bool = False) -> Tensor:
        """Set the elements whose positions are all equal to one number.

        With `wrap`, in a matrix taller than wide, the diagonal begins anew below its end.
        """
        if self.ndim < 2:
            raise RuntimeError("dimensions must larger than 1")
        if self.ndim > 2 and len(set(self.shape)) > 1:
            raise RuntimeError("all dimensions of input must be of equal length")
        places = rearranging.diagonal_places(self._data.shape, wrap)
        number = np.asarray(fill_value).astype(self._data.dtype)
        return apply_in_place(placing_rules.index_fill, self, (number,), (places,))

    def expand_as(self, other: Tensor) -> Tensor:
        """Stretched to the shape of another tensor."""
        return shapes.expand(self, other._data.shape)  # type: ignore[arg-type]

    def view_as(self, other: Tensor) -> Tensor:
        """In the shape of another tensor, sharing memory."""
        return shapes.view(self, other._data.shape)  # type: ignore[arg-type]

    def reshape_as(self, other: Tensor) -> Tensor:
        """In the shape of another tensor."""
        return shapes.reshape(self, other._data.shape)  # type: ignore[arg-type]

    @property
    def T(self: Any) -> Tensor:
        """All dimensions in reverse order; for a matrix, its transpose."""
        return shapes.permute(self, *range(self.ndim - 1, -1, -1))

    @property
    def mT(self: Any) -> Tensor:
        """The last two dimensions swapped."""
        return _of_matrices(self, "mT")

    @property
    def mH(self: Any) -> Tensor:
        """The last two dimensions swapped; there are no complex numbers to conjugate."""
        return _of_matrices(self, "mH")

    @property
    def H(self: Any) -> Tensor:
        """A matrix transposed; there are no complex numbers to conjugate."""
        if self.ndim not in (0, 2):
            raise RuntimeError(
                f"tensor.H is only supported on matrices (2-D tensors). Got {self.ndim}-D "
                "tensor."
                + (
                    " For batches of matrices, consider using tensor.mH"
                    if self.ndim > 2
                    else ""
                )
            )
        return _of_matrices(self, "H")


def _of_matrices(tensor: Any, name: str) -> Tensor:
    if tensor.ndim == 0:
        return tensor  # type: ignore[no-any-return]
    if tensor.ndim == 1:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got "
            f"{tensor.ndim}-D tensor."
        )
    return shapes.transpose(tensor, -1, -2)
