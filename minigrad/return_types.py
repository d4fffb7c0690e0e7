"""Several results under names: `torch.max(x, 0).values`, printed as PyTorch prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from minigrad.tensor import Tensor


def text_of(results: tuple[Tensor, ...], names: tuple[str, ...], operation: str) -> str:
    """`torch.return_types.max(` and each result on a line of its own."""
    lines = [f"{name}={value!r}" for name, value in zip(names, results, strict=True)]
    return f"torch.return_types.{operation}(\n" + ",\n".join(lines) + ")"


class ValuesAndIndices(NamedTuple):
    """Elements, and where each stood along the dimension."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return text_of(self, self._fields, type(self).__name__)


class Extremes(NamedTuple):
    """The smallest and the largest element."""

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return text_of(self, self._fields, "aminmax")


class Histogram(NamedTuple):
    """How much lies in each bin, and where the bins begin and end."""

    hist: Tensor
    bin_edges: Tensor

    def __repr__(self) -> str:
        return text_of(self, self._fields, "histogram")


# One class an operation, since PyTorch prints its name.
class max(ValuesAndIndices):
    """Of `max` along a dimension."""


class min(ValuesAndIndices):
    """Of `min` along a dimension."""


class median(ValuesAndIndices):
    """Of `median` along a dimension."""


class nanmedian(ValuesAndIndices):
    """Of `nanmedian` along a dimension."""


class mode(ValuesAndIndices):
    """Of `mode`."""


class cummax(ValuesAndIndices):
    """Of `cummax`."""


class cummin(ValuesAndIndices):
    """Of `cummin`."""


class sort(ValuesAndIndices):
    """Of `sort`."""


class topk(ValuesAndIndices):
    """Of `topk`."""


class kthvalue(ValuesAndIndices):
    """Of `kthvalue`."""


class linalg_slogdet(NamedTuple):
    """The sign of a determinant, and the logarithm of its size."""

    sign: Tensor
    logabsdet: Tensor

    def __repr__(self) -> str:
        return text_of(self, self._fields, "linalg_slogdet")


class linalg_eigh(NamedTuple):
    """Eigenvalues in rising order, and eigenvectors as columns."""

    eigenvalues: Tensor
    eigenvectors: Tensor

    def __repr__(self) -> str:
        return text_of(self, self._fields, "linalg_eigh")


class linalg_svd(NamedTuple):
    """A = U diag(S) Vh."""

    U: Tensor
    S: Tensor
    Vh: Tensor

    def __repr__(self) -> str:
        return text_of(self, self._fields, "linalg_svd")


class svd(NamedTuple):
    """A = U diag(S) Vᵀ."""

    U: Tensor
    S: Tensor
    V: Tensor

    def __repr__(self) -> str:
        return text_of(self, self._fields, "svd")


class linalg_qr(NamedTuple):
    """A = Q R: orthonormal columns, and an upper triangle."""

    Q: Tensor
    R: Tensor

    def __repr__(self) -> str:
        return text_of(self, self._fields, type(self).__name__)


class qr(linalg_qr):
    """Of the older `torch.qr`."""
