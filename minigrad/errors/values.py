"""Errors of values: dtypes, arguments, what a tensor is made of and what comes out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .voices import c_type, scalar_type, two_voices, type_name

if TYPE_CHECKING:
    import numpy.typing as npt

DType = np.dtype[Any]


# -------------------------------------------------------------------------- leaving for Python


def numpy_of_grad() -> RuntimeError:
    """`tensor.numpy()` of a tensor that requires a gradient."""
    return two_voices(
        RuntimeError(
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() "
            "instead."
        ),
        "NumPy records nothing: a gradient could not find its way back through the array.",
        "detach().numpy() when you want the numbers only, as for a plot.",
    )


def item_of_many(count: int) -> RuntimeError:
    """`tensor.item()` of several elements, or of none."""
    return two_voices(
        RuntimeError(f"a Tensor with {count} elements cannot be converted to Scalar"),
        f"item() takes the one number out of a tensor, and here are {count}.",
        "index or reduce first (t[0].item(), t.mean().item()), or take them all: t.tolist().",
    )


def number_of_many() -> ValueError:
    """`float(tensor)` or `int(tensor)` of several elements, or of none."""
    return two_voices(
        ValueError("only one element tensors can be converted to Python scalars"),
        "float() and int() make one number.",
        "index or reduce first (float(t[0]), float(t.mean())), or take them all: t.tolist().",
    )


def truth_of_many(count: int) -> RuntimeError:
    """`if tensor:` with several elements, or with none."""
    values = "no values" if count == 0 else "more than one value"
    return two_voices(
        RuntimeError(f"Boolean value of Tensor with {values} is ambiguous"),
        "`if`, `and`, `or`, `not` and `assert` need one yes or no.",
        "say which: (a > b).all(), (a > b).any(), or t.numel() > 0. For element by element, "
        "use & | ~ in place of and, or, not.",
    )


def not_an_index() -> TypeError:
    """A tensor used where Python wants one integer."""
    return two_voices(
        TypeError("only integer tensors of a single element can be converted to an index"),
        "Python needs a whole number here, and the tensor is not one.",
        "use int(t) or t.item() on a tensor with one integer in it.",
    )


def iteration_over_scalar() -> TypeError:
    """`for x in tensor` with no axis to go along."""
    return two_voices(
        TypeError("iteration over a 0-d tensor"),
        "the tensor is a single number.",
        "use t.item() for the number.",
    )


def length_of_scalar() -> TypeError:
    """`len(tensor)` with no axis to count along."""
    return two_voices(
        TypeError("len() of a 0-d tensor"),
        "the tensor is a single number: its shape is [].",
        "t.numel() is 1 here, t.dim() is 0.",
    )


# ------------------------------------------------------------------------ dtypes and arguments


def floats_needed(operation: str, dtype: npt.DTypeLike) -> RuntimeError:
    """`mean()` of integers."""
    return two_voices(
        RuntimeError(
            f"{operation}(): could not infer output dtype. Input dtype must be either a "
            f"floating point or complex dtype. Got: {scalar_type(dtype)}"
        ),
        f"the result has fractions, and torch.{np.dtype(dtype)} holds none.",
        "convert first: t.float(). Written with a point, as in [1., 2.], numbers are floats.",
    )


def std_needs_floats() -> RuntimeError:
    """`std()` or `var()` of integers."""
    return two_voices(
        RuntimeError("std and var only support floating point and complex dtypes"),
        fix="convert first: t.float().",
    )


NO_FREEDOM = (
    "{}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction "
    "factor (input numel divided by output numel)."
)


def not_implemented_for(kernel: str, dtype: npt.DTypeLike) -> NotImplementedError:
    """An operation that does not exist for a dtype; kernel is PyTorch's name of it."""
    return two_voices(
        NotImplementedError(f"\"{kernel}\" not implemented for '{scalar_type(dtype)}'"),
        f"this operation is not defined for torch.{np.dtype(dtype)}.",
        "convert first, for example with t.float().",
    )


def argument_must_be_tensor(
    operation: str, value: object, name: str = "input", position: int = 1
) -> TypeError:
    """A number, list or array where a tensor is wanted."""
    kind = type_name(value)
    remedy = {
        "numpy.ndarray": "torch.from_numpy(...) shares its memory, torch.tensor(...) copies.",
        "method": "call it: put () after its name.",
    }.get(kind, "wrap it: torch.tensor(...).")
    return two_voices(
        TypeError(
            f"{operation}(): argument '{name}' (position {position}) must be Tensor, not {kind}"
        ),
        f"{operation} was given a {kind}.",
        remedy,
    )


def unsupported_operands(symbol: str, left: object, right: object) -> TypeError:
    """`tensor + "a"`: an operator beside something that is neither tensor nor number."""
    return two_voices(
        TypeError(
            f"unsupported operand type(s) for {symbol}: '{type(left).__name__}' and "
            f"'{type(right).__name__}'"
        ),
        "a tensor computes with tensors and numbers.",
        "make a tensor of the other: torch.tensor(...). If it is None, a function may have "
        "forgotten its return.",
    )


def negative_integer_power() -> RuntimeError:
    """`torch.tensor([2]) ** -1`."""
    return two_voices(
        RuntimeError("Integers to negative integer powers are not allowed."),
        "the result would be a fraction, and the tensor holds whole numbers.",
        "convert first: t.float() ** -1.",
    )


def negation_of_bool() -> RuntimeError:
    """`-mask`."""
    return two_voices(
        RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying "
            "to invert a mask, use the `~` or `logical_not()` operator instead."
        ),
        "yes and no have no sign.",
        "~mask is its opposite; to count, convert first: mask.long().",
    )


def out_with_gradient(operation: str) -> RuntimeError:
    """`out=` together with a tensor that requires a gradient."""
    return two_voices(
        RuntimeError(
            f"{operation}(): functions with out=... arguments don't support automatic "
            "differentiation, but one of the arguments requires grad."
        ),
        "what is written into `out` leaves no trace on the tape.",
        f"take the result instead, result = {operation}(...); or compute under no_grad().",
    )


def inversion_of_floats() -> TypeError:
    """`~tensor` of floats."""
    return two_voices(
        TypeError(
            "~ (operator.invert) is only implemented on integer and Boolean-type tensors"
        ),
        "~ turns round the bits of whole numbers, and answers of yes and no.",
        "compare first, as in ~(t > 0); for the negative of numbers write -t.",
    )


def subtraction_of_bools(both: bool) -> RuntimeError:
    """`mask - mask` (both) or `mask - 1`."""
    sentence = (
        "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
        "`logical_xor()` operator instead."
        if both
        else "Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
        "trying to invert a mask, use the `~` or `logical_not()` operator instead."
    )
    return two_voices(RuntimeError(sentence), fix="to count, convert first: mask.long().")


def where_needs_bool(dtype: npt.DTypeLike) -> RuntimeError:
    """`torch.where` with a condition that is not boolean."""
    return two_voices(
        RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{scalar_type(dtype)}"
        ),
        fix="make it a question: condition != 0.",
    )


def clamp_without_bounds() -> RuntimeError:
    """`clamp()` with neither bound."""
    return two_voices(
        RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None"),
        fix="give a bound, as in t.clamp(min=0).",
    )


def complex_not_supported() -> TypeError:
    """Complex numbers, which minigrad does not have."""
    return two_voices(
        TypeError("minigrad has real numbers only: complex dtypes are not supported"),
        fix="keep real and imaginary parts in two tensors.",
    )


def no_such_device(device: object) -> RuntimeError:
    """A device other than the CPU."""
    return two_voices(
        RuntimeError(f"minigrad runs on the CPU only, but got device '{device}'"),
        fix="leave `device` out, or use device='cpu'.",
    )


def unknown_device(kinds: str, given: str) -> RuntimeError:
    """A name that is no kind of device, or is not followed by a number."""
    known = given.partition(":")[0] in kinds.split(", ")
    return two_voices(
        RuntimeError(
            f"Invalid device string: '{given}'"
            if known
            else f"Expected one of {kinds} device type at start of device string: {given}"
        ),
        fix="leave `device` out, or use device='cpu'.",
    )


def device_index_twice(given: str) -> RuntimeError:
    """device("cpu:0", 1)."""
    return two_voices(
        RuntimeError(
            "type (string) must not include an index because index was passed explicitly: "
            + given
        ),
        fix="say the number once.",
    )


def no_cuda() -> AssertionError:
    """A question that only a GPU could answer."""
    return two_voices(
        AssertionError("Torch not compiled with CUDA enabled"),
        fix="minigrad runs on the CPU: ask torch.cuda.is_available() first.",
    )


def no_storage() -> NotImplementedError:
    """The memory of a tensor as an object of its own, which minigrad does not have."""
    return two_voices(
        NotImplementedError("minigrad tensors have no storage object"),
        fix="look at the memory as an array: x.detach().numpy(); data_ptr() is its address.",
    )


def no_accelerator() -> RuntimeError:
    """A device given by a bare number, which stands for an accelerator."""
    return two_voices(
        RuntimeError("Cannot access accelerator device when none is available."),
        fix="leave `device` out, or use device='cpu'.",
    )


# ------------------------------------------------------------------------------ making tensors


def ragged_sequence(expected: int, dimension: int, got: int) -> ValueError:
    """Nested lists of different lengths."""
    return two_voices(
        ValueError(f"expected sequence of length {expected} at dim {dimension} (got {got})"),
        "a tensor is rectangular: the lists at one depth must be equally long.",
    )


def string_data() -> TypeError:
    """`torch.tensor("a")`."""
    return two_voices(TypeError("new(): invalid data type 'str'"), "a tensor holds numbers.")


def strings_data() -> ValueError:
    """`torch.tensor(["a"])`."""
    return two_voices(ValueError("too many dimensions 'str'"), "a tensor holds numbers.")


def no_dtype_for(value: object) -> RuntimeError:
    """`torch.tensor(None)`."""
    return two_voices(
        RuntimeError(f"Could not infer dtype of {type_name(value)}"), "a tensor holds numbers."
    )


def array_type(dtype: DType) -> TypeError:
    """An array of objects or strings."""
    return two_voices(
        TypeError(
            f"can't convert np.ndarray of type numpy.{dtype.type.__name__}. The only supported "
            "types are: float64, float32, float16, complex64, complex128, int64, int32, int16, "
            "int8, uint64, uint32, uint16, uint8, and bool."
        ),
        "the array does not hold plain numbers; lists of different lengths inside it do that.",
        "convert it in NumPy first: array.astype(np.float64).",
    )


def not_an_array(value: object) -> TypeError:
    """`torch.from_numpy([1.])`."""
    return two_voices(
        TypeError(f"expected np.ndarray (got {type_name(value)})"),
        fix="torch.tensor(...) takes numbers and lists.",
    )


def value_out_of_range(dtype: npt.DTypeLike, in_data: bool = False) -> RuntimeError:
    """A number that the wanted dtype cannot hold; in_data: among the data of `tensor`."""
    kind = np.dtype(dtype).name
    if not in_data:
        whole = kind != "int32" and np.dtype(dtype).kind in "iu"
        kind = f"{kind}_t" if whole else c_type(dtype)
    return two_voices(
        RuntimeError(f"value cannot be converted to type {kind} without overflow"),
        f"torch.{np.dtype(dtype)} holds no number of this size.",
        "take a wider dtype, or a smaller number.",
    )


def range_sign() -> RuntimeError:
    """`torch.arange(5, 1)`."""
    return two_voices(
        RuntimeError("upper bound and lower bound inconsistent with step sign"),
        "the step leads away from the end.",
    )


def range_step() -> RuntimeError:
    """`torch.arange(0, 3, 0)`."""
    return two_voices(
        RuntimeError("step must be nonzero"), "with a step of 0 the end is never reached."
    )


def negative_steps() -> RuntimeError:
    """`torch.linspace(0, 1, steps=-1)`."""
    return two_voices(
        RuntimeError("number of steps must be non-negative"),
        "`steps` says how many numbers there are to be.",
    )
