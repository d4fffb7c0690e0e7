"""Errors of modules, optimisers, losses and functions of one's own."""

from __future__ import annotations

from .voices import Shape, called, count, scalar_type, size_text, two_voices, type_name

# ------------------------------------------------------------------------------------- modules


def module_not_initialised(kind: str) -> AttributeError:
    """A layer or parameter assigned before `super().__init__()`; kind is "module" or so."""
    return two_voices(
        AttributeError(f"cannot assign {kind} before Module.__init__() call"),
        "the module's own lists of layers and parameters do not exist yet.",
        "make super().__init__() the first line of __init__.",
    )


def no_forward(module: str) -> NotImplementedError:
    """A module called that has no `forward`."""
    return two_voices(
        NotImplementedError(f'Module [{module}] is missing the required "forward" function'),
        f"calling a {module} calls its method forward, and it has none.",
        "define def forward(self, x), spelt like this and indented into the class.",
    )


def not_a_parameter(value: str, name: str, kind: str, wanted: str) -> TypeError:
    """Something else assigned where a parameter, buffer or module is registered.

    Args:
        value: its type, as PyTorch writes it.
        name: of the attribute.
        kind: "parameter", "buffer" or "child module".
        wanted: the type that belongs there, as torch.nn.Parameter.
    """
    remedy = f"wrap it: {wanted}(...)." if kind == "parameter" else f"assign a {wanted}."
    return two_voices(
        TypeError(f"cannot assign '{value}' as {kind} '{name}' ({wanted} or None expected)"),
        f"{name} is registered as a {kind}; the optimiser and state_dict count on it.",
        f"{remedy} To change its values only, use copy_() or fill_() under no_grad().",
    )


def not_a_module(value: str) -> TypeError:
    """A function where a layer is wanted, as in `Sequential(torch.relu)`."""
    return two_voices(
        TypeError(f"{value} is not a Module subclass"),
        "layers are objects that can hold parameters.",
        "use the layer of that name, as nn.ReLU() for relu.",
    )


def mode_not_bool(value: object) -> ValueError:
    """`module.train("yes")`."""
    return two_voices(
        ValueError("training mode is expected to be boolean"),
        f"got {value!r}.",
        "use train(), train(False) or eval().",
    )


# ---------------------------------------------------------------------------------- optimisers


def no_parameters() -> ValueError:
    """An optimiser for nothing."""
    return two_voices(
        ValueError("optimizer got an empty parameter list"),
        "there is nothing to optimise. model.parameters() can be gone through only once: a "
        "list made of it before, or a loop over it, has used it up; and layers in a plain "
        "Python list are not found (use nn.ModuleList).",
        "pass model.parameters() itself, or a list of tensors that is not empty.",
    )


def parameters_are_a_tensor(kind: str) -> TypeError:
    """A tensor where a list of tensors is wanted; kind is its type, as torch.FloatTensor."""
    return two_voices(
        TypeError(
            "params argument given to the optimizer should be an iterable of Tensors or dicts, "
            f"but got {kind}"
        ),
        "the optimiser wants to go through several parameters.",
        "put it in a list: [w].",
    )


def parameter_not_tensor(value: object) -> TypeError:
    """A number or the like among the parameters."""
    kind = type(value).__name__
    return two_voices(
        TypeError(f"optimizer can only optimize Tensors, but one of the params is {kind}"),
        f"{value!r} is a {kind}.",
        "make it a tensor with requires_grad=True.",
    )


def parameter_not_leaf(tensor: object = None) -> ValueError:
    """A computed tensor among the parameters."""
    what = called(tensor, "one of the parameters")
    return two_voices(
        ValueError("can't optimize a non-leaf Tensor"),
        f"{what} was computed from other tensors, so backward fills in no .grad for it.",
        "optimise what it was computed from, or make a leaf of it: "
        "t.detach().clone().requires_grad_().",
    )


def repeated_parameter() -> ValueError:
    """A parameter in two groups."""
    return two_voices(
        ValueError("some parameters appear in more than one parameter group"),
        "it would be moved twice a step.",
        "put each parameter in one group.",
    )


def invalid_setting(name: str, value: object) -> ValueError:
    """A setting out of range; name as in "learning rate", "momentum value", "epsilon value"."""
    return two_voices(
        ValueError(f"Invalid {name}: {value}"), "it must not be negative.", "use 0 or more."
    )


def invalid_beta(position: int, value: object) -> ValueError:
    """A decay rate of Adam outside [0, 1)."""
    return two_voices(
        ValueError(f"Invalid beta parameter at index {position}: {value}"),
        "it is the share of the old average that is kept, from 0 up to but without 1.",
        "the usual ones are betas=(0.9, 0.999).",
    )


def invalid_etas(values: tuple[float, float]) -> ValueError:
    """The two factors of Rprop, not on both sides of 1."""
    return two_voices(
        ValueError(f"Invalid eta values: {values[0]}, {values[1]}"),
        "the first makes steps smaller, the second larger.",
        "the usual ones are etas=(0.5, 1.2).",
    )


def nesterov_without_momentum() -> ValueError:
    """Nesterov's variant without momentum, or with dampening."""
    return two_voices(
        ValueError("Nesterov momentum requires a momentum and zero dampening"),
        "Nesterov's method looks ahead along the momentum.",
        "add momentum=0.9 and leave dampening out.",
    )


# -------------------------------------------------------------------------------------- losses


def target_size_warning(target: Shape, input: Shape) -> str:
    """The text of the warning of a loss whose two sides broadcast."""
    return (
        f"Using a target size ({size_text(target)}) that is different to the input size "
        f"({size_text(input)}). This will likely lead to incorrect results due to "
        "broadcasting. Please ensure they have the same size."
    )


def target_size(target: Shape, input: Shape) -> ValueError:
    """Probabilities and targets of different shapes."""
    return two_voices(
        ValueError(
            f"Using a target size ({size_text(target)}) that is different to the input size "
            f"({size_text(input)}) is deprecated. Please ensure they have the same size."
        ),
        "each probability is held against one target.",
        "bring them to one shape, often with squeeze() or unsqueeze(1).",
    )


def unknown_reduction(value: object) -> ValueError:
    """`reduction="avg"`."""
    return two_voices(
        ValueError(f"{value} is not a valid value for reduction"),
        fix='use "mean", "sum" or "none".',
    )


def batch_sizes(input: int, target: int) -> ValueError:
    """Scores and targets for different numbers of examples."""
    return two_voices(
        ValueError(
            f"Expected input batch_size ({input}) to match target batch_size ({target})."
        ),
        f"there are scores for {count(input, 'example')} and targets for {target}.",
        "compare .shape[0] of both.",
    )


def target_out_of_bounds(target: int, classes: int | None = None) -> IndexError:
    """A class number that there is no score for."""
    known = f", and the classes are 0 to {classes - 1}" if classes else ""
    return two_voices(
        IndexError(f"Target {target} is out of bounds."),
        f"a target is the number of a class, counted from 0{known}.",
        "the input needs one column for each class.",
    )


def target_dtype(dtype: str) -> RuntimeError:
    """Class numbers that are not whole numbers."""
    return two_voices(
        RuntimeError(f"expected target dtype to be Long or Byte, but got {scalar_type(dtype)}"),
        "the targets are numbers of classes.",
        "convert them: target.long().",
    )


def not_probabilities() -> RuntimeError:
    """`binary_cross_entropy` of something else than probabilities."""
    return two_voices(
        RuntimeError("all elements of input should be between 0 and 1"),
        "the input of binary_cross_entropy is a probability for each element.",
        "torch.sigmoid makes one of any number; binary_cross_entropy_with_logits does both.",
    )


def embedding_index() -> IndexError:
    """An index that the table does not have."""
    return two_voices(
        IndexError("index out of range in self"),
        "an embedding of n rows is indexed by 0 to n - 1.",
        "make the table larger: nn.Embedding(n, ...) with n above the largest index.",
    )


# ---------------------------------------------------------------------- functions of one's own


def forward_missing() -> NotImplementedError:
    """A custom Function without `forward`."""
    return two_voices(
        NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        ),
        fix="add @staticmethod def forward(ctx, x) to the class.",
    )


def backward_missing() -> NotImplementedError:
    """A custom Function without `backward`, run backwards."""
    return two_voices(
        NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        ),
        "the function was used in a computation that is differentiated.",
        "add @staticmethod def backward(ctx, grad_output) to the class.",
    )


def function_not_static() -> RuntimeError:
    """A custom Function called like an object."""
    return two_voices(
        RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use "
            "new-style autograd function with static forward method. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        ),
        "a custom function is not called like an object.",
        "call its apply: Double.apply(x), not Double()(x).",
    )


def saved_not_tensor(value: object, position: int) -> TypeError:
    """`ctx.save_for_backward(5)`."""
    kind = type_name(value)
    return two_voices(
        TypeError(
            f"save_for_backward can only save variables, but argument {position} is of type "
            f"{kind}"
        ),
        "save_for_backward is for tensors, whose versions are checked.",
        "store anything else as an attribute: ctx.factor = 5.",
    )


def gradient_of_several(dimensions: int) -> RuntimeError:
    """`func.grad` of a function that returns more than one number."""
    return two_voices(
        RuntimeError(
            "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor "
            f"with {dimensions} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
        ),
        "a gradient is the derivative of one number.",
        "sum or average the result, or ask for the whole Jacobian: jacrev(f)(x).",
    )


def nothing_to_check() -> ValueError:
    """`gradcheck` of inputs none of which requires a gradient."""
    return two_voices(
        ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them "
            "have requires_grad=True."
        ),
        fix="make an input with dtype=torch.float64, requires_grad=True.",
    )


def inference_saved() -> RuntimeError:
    """A tensor made in inference mode, used where a graph is recorded."""
    return two_voices(
        RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created "
            "in inference mode in computation tracked by autograd. To work around this, you "
            "can make a clone to get a normal tensor and use it in autograd, or use "
            "`torch.no_grad()` instead of `torch.inference_mode()`."
        ),
        "a tensor that was made under inference_mode() has no version, so that nobody could "
        "notice if it were overwritten.",
    )


def inference_requires_grad() -> RuntimeError:
    """`requires_grad_()` on a tensor made in inference mode."""
    return two_voices(
        RuntimeError(
            "Setting requires_grad=True on inference tensor outside InferenceMode is not "
            "allowed."
        ),
        fix="clone() it first, outside inference_mode().",
    )


def inference_in_place() -> RuntimeError:
    """An in-place operation on a tensor made in inference mode."""
    return two_voices(
        RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed."
            "You can make a clone to get a normal tensor before doing inplace update."
            "See https://github.com/pytorch/rfcs/pull/17 for more details."
        ),
        fix="clone() it first, outside inference_mode().",
    )
