"""Errors of the graph: running backward, leaves, and changes in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import usercode

from .voices import Shape, c_type, called, count, scalar_type, size_text, two_voices, type_name

if TYPE_CHECKING:
    import numpy.typing as npt

DType = np.dtype[Any]


# ---------------------------------------------------------------------------- running backward


def graph_freed(node_name: str | None = None) -> RuntimeError:
    """A second backward pass, or a look at saved values after the first."""
    which = f" by {node_name}" if node_name else ""
    return two_voices(
        RuntimeError(
            "Trying to backward through the graph a second time (or directly access saved "
            "tensors after they have already been freed). Saved intermediate values of the "
            "graph are freed when you call .backward() or autograd.grad(). Specify "
            "retain_graph=True if you need to backward through the graph a second time or if "
            "you need to access saved tensors after calling backward."
        ),
        f"the values saved{which} in the forward pass were dropped by an earlier backward one.",
        "compute the output again before this backward pass, so that there is a fresh graph "
        "(in a training loop: compute the loss inside the loop). If the same graph is really "
        "meant to be used twice, give the first pass retain_graph=True.",
    )


def not_scalar(shape: Shape) -> RuntimeError:
    """`backward()` without a cotangent on an output of several elements."""
    return two_voices(
        RuntimeError("grad can be implicitly created only for scalar outputs"),
        f"the output has shape {list(shape)}. A gradient is the derivative of one number; for "
        "several, you must say how much each of them counts (the cotangent v of vᵀJ).",
        "reduce to one number first, as in y.sum().backward() or y.mean().backward(), or give "
        "the weights: y.backward(torch.ones_like(y)).",
    )


def no_graph(position: int = 0, tensor: object = None) -> RuntimeError:
    """`backward()` on something that no recorded operation produced."""
    what = called(tensor, "the output")
    return two_voices(
        RuntimeError(
            f"element {position} of tensors does not require grad and does not have a grad_fn"
        ),
        f"{what} is not connected to any tensor with requires_grad=True: none of its inputs "
        "has it, or it was computed under no_grad(), or a detach(), .data, .item() or .numpy() "
        "on the way cut the graph.",
        "create the inputs that you differentiate with requires_grad=True, and keep every step "
        "between them and the output in tensor operations.",
    )


def differentiated_needs_grad(position: int = 0, tensor: object = None) -> RuntimeError:
    """`autograd.grad` with respect to a tensor that does not require one."""
    what = called(tensor, f"input {position}")
    return two_voices(
        RuntimeError("One of the differentiated Tensors does not require grad"),
        f"{what} has requires_grad=False, so nothing that was done with it has been recorded.",
        f"call requires_grad_() on {what} before computing the output.",
    )


def differentiated_unused(position: int = 0, tensor: object = None) -> RuntimeError:
    """`autograd.grad` with respect to a tensor that the output does not depend on."""
    what = called(tensor, f"input {position}")
    return two_voices(
        RuntimeError(
            f"The differentiated Tensor at index {position} appears to not have been used in "
            "the graph. Set allow_unused=True if this is the desired behavior."
        ),
        f"no path leads from the output back to {what}. Often {what} was assigned anew after "
        "the output had been computed, or only a copy of it (detach(), .data) was used.",
        "compute the output from this very tensor, or pass allow_unused=True to get None for "
        "it.",
    )


def cotangent_shape(position: int, cotangent: Shape, output: Shape) -> RuntimeError:
    """A cotangent whose shape is not its output's."""
    return two_voices(
        RuntimeError(
            f"Mismatch in shape: grad_output[{position}] has a shape of {size_text(cotangent)} "
            f"and output[{position}] has a shape of {size_text(output)}."
        ),
        "the cotangent holds one weight for each element of the output, so the shapes must "
        "agree.",
        f"give a tensor of shape {list(output)}, for example torch.ones_like(output).",
    )


def cotangent_type(cotangent: object) -> TypeError:
    """A cotangent that is not a tensor."""
    kind = type_name(cotangent)
    return two_voices(
        TypeError(f"gradients can be either Tensors or None, but got {kind}"),
        f"the cotangent given to backward is a {kind}.",
        "wrap it: torch.tensor(...), in the shape of the output.",
    )


def backward_inputs_empty() -> RuntimeError:
    """`backward(inputs=[])`."""
    return two_voices(
        RuntimeError("`inputs` argument to `backward()` cannot be empty."),
        "backward was told to compute the gradient of no tensor at all.",
        "name the tensors, or leave `inputs` out to reach every leaf.",
    )


def invalid_gradient(
    node_name: str, position: int, got: Shape, expected: Shape
) -> RuntimeError:
    """A backward function that returned a gradient of a wrong shape."""
    return two_voices(
        RuntimeError(
            f"Function {node_name} returned an invalid gradient at index {position} - got "
            f"{list(got)} but expected shape compatible with {list(expected)}"
        ),
        f"input {position} has shape {list(expected)}, and its gradient has a number for each "
        f"of its elements; the one returned has shape {list(got)}.",
        "if the forward pass broadcast the input, sum the gradient over the axes that were "
        "added or stretched.",
    )


def wrong_number_of_gradients(node_name: str, expected: int, got: int) -> RuntimeError:
    """A backward function that returned too few or too many gradients."""
    return two_voices(
        RuntimeError(
            f"function {node_name} returned an incorrect number of gradients "
            f"(expected {expected}, got {got})"
        ),
        f"forward took {count(expected, 'argument')} after ctx; backward returns one gradient "
        "for each of them, in the same order.",
        "return None for an argument that is not a tensor or needs no gradient.",
    )


def gradient_not_tensor(value: object) -> RuntimeError:
    """A custom backward function that returned a plain number or the like."""
    kind = type_name(value)
    return two_voices(
        RuntimeError(f"expected Variable or None (got {kind})"),
        f"backward returned a {kind}.",
        "compute the gradient from grad_output with tensor operations, or return None.",
    )


def hook_not_tensor(value: object) -> TypeError:
    """A hook that returned something other than a tensor or None."""
    return two_voices(
        TypeError(f"expected Variable, but hook returned '{type_name(value)}'"),
        "what a hook returns takes the place of the gradient.",
        "return a tensor of the gradient's shape, or nothing to leave it as it is.",
    )


def hook_changed_size(hook_name: str) -> RuntimeError:
    """A hook that returned a gradient of another shape."""
    return two_voices(
        RuntimeError(f"hook '{hook_name}' has changed the size of value"),
        "what a hook returns takes the place of the gradient.",
        "return a tensor of the gradient's shape, or nothing to leave it as it is.",
    )


def unpack_not_tensor(value: object) -> TypeError:
    """An unpack hook that returned something else."""
    return two_voices(
        TypeError(
            "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
            f"{type_name(value)}"
        ),
        fix="return the tensor that the pack hook was given, or one of the same values.",
    )


def pack_changed_input() -> RuntimeError:
    """A pack hook that changed the tensor it was to pack."""
    return two_voices(
        RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as "
            "input to pack hook cannot be modified by in-place operations as this can lead to "
            "unexpected side-effects. Please open an issue if you need to perform in-place "
            "operations on the input to a pack hook."
        ),
        fix="work on a copy: x.clone().",
    )


def edge_without_graph() -> RuntimeError:
    """`get_gradient_edge` of a tensor outside any graph."""
    return two_voices(
        RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require "
            "gradients"
        ),
        fix="set requires_grad=True on it, or on what it is computed from.",
    )


def post_hook_of_non_leaf() -> RuntimeError:
    """`register_post_accumulate_grad_hook` on a computed tensor."""
    return two_voices(
        RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors"),
        fix="register_hook sees the gradient of a computed tensor.",
    )


def anomaly(node_name: str, position: int, forward_line: str | None = None) -> RuntimeError:
    """NaN found by anomaly detection."""
    made = f" That operation was recorded in {forward_line}." if forward_line else ""
    return two_voices(
        RuntimeError(f"Function '{node_name}' returned nan values in its {position}th output."),
        "the cotangent that came in was a number and the one that went out is not: 0 · ∞, 0 / "
        f"0 or the like in the local derivative.{made}",
        "keep the argument away from the point where the derivative is infinite, for example "
        "torch.sqrt(x + 1e-12), x.clamp(min=1e-12), or torch.where on the argument.",
    )


# -------------------------------------------------------------------- leaves and requires_grad


def floating_point_only(dtype: npt.DTypeLike | None = None) -> RuntimeError:
    """A new tensor of integers that is to require gradients."""
    return _integers_have_no_gradient(
        "Only Tensors of floating point and complex dtype can require gradients", dtype
    )


def floating_point_only_set(dtype: npt.DTypeLike | None = None) -> RuntimeError:
    """`tensor.requires_grad = True` on integers."""
    return _integers_have_no_gradient(
        "only Tensors of floating point and complex dtype can require gradients", dtype
    )


def floating_point_only_method(dtype: npt.DTypeLike | None = None) -> RuntimeError:
    """`tensor.requires_grad_()` on integers."""
    return _integers_have_no_gradient(
        "only Tensors of floating point dtype can require gradients", dtype
    )


def _integers_have_no_gradient(sentence: str, dtype: npt.DTypeLike | None) -> RuntimeError:
    held = "" if dtype is None else f" (this tensor is torch.{np.dtype(dtype)})"
    return two_voices(
        RuntimeError(sentence),
        "a derivative asks what happens when a number moves a little, and whole numbers and "
        f"booleans cannot{held}.",
        "write the numbers with a point, as in torch.tensor([1., 2.], requires_grad=True), or "
        "ask for dtype=torch.float32.",
    )


def requires_grad_not_bool(value: object) -> RuntimeError:
    """`tensor.requires_grad = "yes"`."""
    return two_voices(
        RuntimeError("requires_grad must be a bool"), f"got {value!r}.", "use True or False."
    )


def flag_of_non_leaf(tensor: object = None) -> RuntimeError:
    """Switching requires_grad off on a computed tensor."""
    what = called(tensor)
    return two_voices(
        RuntimeError(
            "you can only change requires_grad flags of leaf variables. If you want to use a "
            "computed variable in a subgraph that doesn't require differentiation use "
            "var_no_grad = var.detach()."
        ),
        f"{what} was computed from tensors that require a gradient; whether it needs one "
        "follows from them.",
        f"{what.strip('`')}.detach() is the same numbers, cut off from the graph."
        if what.startswith("`")
        else "use detach(): the same numbers, cut off from the graph.",
    )


def retain_grad_without_graph(tensor: object = None) -> RuntimeError:
    """`retain_grad()` on a tensor outside any graph."""
    return two_voices(
        RuntimeError("can't retain_grad on Tensor that has requires_grad=False"),
        f"no gradient will ever arrive at {called(tensor)}: nothing it was computed from "
        "requires one.",
        "set requires_grad=True on the inputs before computing it.",
    )


def hook_without_graph(tensor: object = None) -> RuntimeError:
    """`register_hook` on a tensor outside any graph."""
    return two_voices(
        RuntimeError("cannot register a hook on a tensor that doesn't require gradient"),
        f"no gradient will ever arrive at {called(tensor)}, so the hook would never run.",
        "set requires_grad=True on it, or on what it is computed from.",
    )


NON_LEAF_GRAD = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
    "attribute won't be populated during autograd.backward(). If you indeed want the .grad "
    "field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. "
    "If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor "
    "instead. See github.com/pytorch/pytorch/pull/30531 for more information."
)
ANOMALY_ENABLED = (
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only "
    "be enabled for debugging."
)


def grad_not_tensor(value: object) -> TypeError:
    """`tensor.grad = 5`."""
    kind = type_name(value)
    return two_voices(
        TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {kind}"),
        f"a {kind} was assigned to .grad.",
        "assign a tensor of the same shape, or None to clear it.",
    )


def grad_of_wrong_shape(grad: Shape, tensor: Shape) -> RuntimeError:
    """`tensor.grad = g` with another shape."""
    return two_voices(
        RuntimeError(
            f"attempting to assign a gradient of size '{list(grad)}' to a tensor of size "
            f"'{list(tensor)}'. Please ensure that the gradient and the tensor are the same "
            "size"
        ),
        "a gradient has one number for each element of its tensor.",
    )


def grad_of_wrong_dtype(grad: npt.DTypeLike, tensor: npt.DTypeLike) -> RuntimeError:
    """`tensor.grad = g` with another dtype."""
    return two_voices(
        RuntimeError(
            f"attempting to assign a gradient with dtype '{c_type(grad)}' to a tensor with "
            f"grad_dtype '{scalar_type(tensor)}'. The gradient must match the tensor's "
            "grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype "
            "attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with "
            "caution. Diverging the dtypes of a tensor and its gradient may break downstream "
            "systems that assume they match."
        ),
        f"the tensor is torch.{np.dtype(tensor)}, the gradient torch.{np.dtype(grad)}.",
        f"convert it: g.to(torch.{np.dtype(tensor)}).",
    )


def grad_is_itself() -> RuntimeError:
    """`x.grad = x`."""
    return two_voices(
        RuntimeError("can't assign Variable as its own grad"),
        "the gradient of a tensor cannot be stored in the tensor itself.",
        "assign a copy: x.grad = x.detach().clone().",
    )


def deepcopy_of_non_leaf(tensor: object = None) -> RuntimeError:
    """`copy.deepcopy` of a computed tensor."""
    return two_voices(
        RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
            "protocol at the moment.  If you were attempting to deepcopy a module, this may be "
            "because of a torch.nn.utils.weight_norm usage, see "
            "https://github.com/pytorch/pytorch/pull/103001"
        ),
        f"{called(tensor)} is part of a graph, and a copy of it would need the whole graph.",
        "copy the numbers: t.detach().clone().",
    )


# -------------------------------------------------------------------------- in-place and views


def leaf_in_place(tensor: object = None) -> RuntimeError:
    """An in-place operation on a leaf that requires a gradient, while recording."""
    name = usercode.name_of(tensor)
    what = f"`{name}`" if name else "the tensor"
    instead = f" ({name} = {name} - step)" if name else ""
    return two_voices(
        RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation."
        ),
        f"{what} is a leaf, the place where the gradient is to arrive. Overwriting it while "
        "the graph is being recorded would leave no leaf to differentiate with respect to.",
        "for an update step, write it under `with torch.no_grad():`. To go on computing with "
        f"the changed values, make a new tensor instead{instead}.",
    )


def view_of_leaf_in_place(tensor: object = None) -> RuntimeError:
    """An in-place operation on part of a leaf that requires a gradient, while recording."""
    return two_voices(
        RuntimeError(
            "a view of a leaf Variable that requires grad is being used in an in-place "
            "operation."
        ),
        f"{called(tensor, 'what is written to')} is part of a leaf's own memory, so writing to "
        "it overwrites the leaf.",
        "for an update step, write it under `with torch.no_grad():`. To go on computing with "
        "the changed values, change a copy: t = leaf.clone(); t[0] = ...",
    )


def multi_view_in_place(position: int, operation: str) -> RuntimeError:
    """An in-place operation on one of several views that one operation returned."""
    return two_voices(
        RuntimeError(
            f"Output {position} of {operation} is a view and is being modified inplace. This "
            "view is the output of a function that returns multiple views. Such functions do "
            "not allow the output views to be modified inplace. You should replace the inplace "
            "operation by an out-of-place one."
        ),
        "the pieces share the memory of the tensor they were cut from.",
        "clone the piece before changing it, or write to the original by an index.",
    )


def overlapping_in_place() -> RuntimeError:
    """An in-place operation on an expanded tensor."""
    return two_voices(
        RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a "
            "single memory location. Please clone() the tensor before performing the operation."
        ),
        "expand() repeats a number without copying it, so one write would change several "
        "elements.",
        "clone() it first.",
    )


def overlapping_inputs() -> RuntimeError:
    """An in-place operation that reads a part of what it overwrites: x[1:] += x[:-1]."""
    return two_voices(
        RuntimeError(
            "unsupported operation: some elements of the input tensor and the written-to "
            "tensor refer to a single memory location. Please clone() the tensor before "
            "performing the operation."
        ),
        "the value is a view of the tensor that is being changed, so elements would be read "
        "after they were overwritten.",
        "clone() the value first: x[1:] += x[:-1].clone().",
    )


def modified_in_place(
    dtype: npt.DTypeLike,
    shape: Shape,
    version: int,
    expected: int,
    output_of: tuple[int, str] | None = None,
    *,
    anomaly_mode: bool = False,
    tensor: object = None,
    needed_by: str | None = None,
    saved_line: str | None = None,
    changed_line: str | None = None,
) -> RuntimeError:
    """A saved value that has been overwritten since.

    Args:
        dtype, shape: of the saved value.
        version, expected: of its version counter, now and when it was saved.
        output_of: which output of which backward node it is, as (0, "ExpBackward0"); None for a
            leaf.
        anomaly_mode: whether anomaly detection is on.
        tensor: the tensor itself, for its name.
        needed_by: the backward node that wants the old value.
        saved_line, changed_line: where that happened, if it was noted.
    """
    # PyTorch names the operation here, not the node: `Exp`, not `ExpBackward0`.
    maker = "" if output_of is None else output_of[1].partition("Backward")[0]
    made = "" if output_of is None else f", which is output {output_of[0]} of {maker},"
    hint = (
        "the backtrace further above shows the operation that failed to compute its gradient. "
        "The variable in question was changed in there or anywhere later. Good luck!"
        if anomaly_mode
        else "enable anomaly detection to find the operation that failed to compute its "
        "gradient, "
        "with torch.autograd.set_detect_anomaly(True, check_nan=False)."
    )
    wanted = f" by {needed_by}" if needed_by else ""
    places = f" It was saved in {saved_line}." if saved_line else ""
    places += f" It was changed in {changed_line}." if changed_line else ""
    changes = count(version - expected, "time")
    return two_voices(
        RuntimeError(
            "one of the variables needed for gradient computation has been modified by an "
            f"inplace operation: [torch.{scalar_type(dtype)}Tensor {list(shape)}]{made} is at "
            f"version {version}; expected version {expected} instead. Hint: {hint}"
        ),
        f"the value of {called(tensor, 'a tensor')} is needed{wanted} for the derivative, but "
        f"it was overwritten {changes} after it had been saved.{places}",
        "use the form that makes a new tensor (y = y + 1, not y += 1), or clone() before "
        "changing.",
    )


def inplace_result_type(result: npt.DTypeLike, output: npt.DTypeLike) -> RuntimeError:
    """An in-place result that the tensor's dtype cannot hold."""
    return two_voices(
        RuntimeError(
            f"result type {scalar_type(result)} can't be cast to the desired output type "
            f"{scalar_type(output)}"
        ),
        f"the tensor holds torch.{np.dtype(output)}, and the result has fractions.",
        "convert the tensor first: t = t.float(), or use the form that makes a new tensor.",
    )


def inplace_broadcast(shape: Shape, broadcast: Shape) -> RuntimeError:
    """An in-place result larger than the tensor it is written to."""
    return two_voices(
        RuntimeError(
            f"output with shape {list(shape)} doesn't match the broadcast shape "
            f"{list(broadcast)}"
        ),
        f"the result has shape {list(broadcast)}, and there is only room for {list(shape)}.",
        "use the form that makes a new tensor: a = a + b.",
    )


def data_not_tensor(value: object) -> TypeError:
    """`tensor.data = 5`."""
    return two_voices(
        TypeError(f"Variable data has to be a tensor, but got {type_name(value)}"),
        fix="wrap it: torch.tensor(...).",
    )
