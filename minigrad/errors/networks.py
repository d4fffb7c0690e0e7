"""Errors of activations, losses, normalisation and layers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .voices import Shape, scalar_type, size_text, two_voices

# --------------------------------------------------------------------------------- activations


def prelu_weight_dimensions(dimensions: int) -> RuntimeError:
    """A weight of `prelu` that is not a list."""
    return two_voices(
        RuntimeError(
            "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = "
            f"{dimensions}"
        ),
        fix="give one number, or one for each channel.",
    )


def prelu_of_scalar() -> RuntimeError:
    """`prelu` of a single number with several slopes."""
    return two_voices(
        RuntimeError("Not allow zero-dim input tensor."),
        "a 0-d tensor has no channels to give slopes to.",
        "give one slope.",
    )


def prelu_channels(count: int, channels: int) -> RuntimeError:
    """As many slopes as there are no channels."""
    return two_voices(
        RuntimeError(
            "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
            f"{count} and channel size = {channels}."
        ),
        "dimension 1 of the input counts the channels.",
        "give one slope, or one for each channel.",
    )


def glu_of_scalar() -> RuntimeError:
    """`glu` of a single number."""
    return two_voices(
        RuntimeError("glu does not support scalars because halving size must be even"),
        "glu halves a dimension, and a 0-d tensor has none.",
    )


def glu_halves(dimension: int, size: int) -> RuntimeError:
    """`glu` along an odd number of elements."""
    return two_voices(
        RuntimeError(
            f"Halving dimension must be even, but dimension {dimension} is size {size}"
        ),
        "the first half is the value, the second its gate.",
    )


def negative_lambda(limit: float, dtype: npt.DTypeLike) -> RuntimeError:
    """A negative λ of `softshrink`."""
    largest = f"{np.finfo(np.dtype(dtype)).max:g}"
    return two_voices(
        RuntimeError(
            f"lambda must be in range [0, {largest}] for input dtype {scalar_type(dtype)}, but "
            f"found {limit:g}"
        ),
        "λ is a distance from 0.",
    )


# -------------------------------------------------------------------------------------- losses

KL_DIV_MEAN = (
    "reduction: 'mean' divides the total loss by both the batch size and the support size."
    "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
    "'mean' will be changed to behave the same as 'batchmean' in the next major release."
)


def negative_beta() -> RuntimeError:
    """A negative beta of `smooth_l1_loss`."""
    return two_voices(
        RuntimeError("smooth_l1_loss does not support negative values for beta."),
        "beta is the distance below which the loss is a parabola.",
    )


def delta_not_positive() -> RuntimeError:
    """A delta of `huber_loss` that is not positive."""
    return two_voices(
        RuntimeError("huber_loss does not support non-positive values for delta."),
        "delta is the distance below which the loss is a parabola.",
    )


def logits_target_size(target: Shape, input: Shape) -> ValueError:
    """Scores and targets of different shapes."""
    return two_voices(
        ValueError(
            f"Target size ({size_text(target)}) must be the same as input size "
            f"({size_text(input)})"
        ),
        "each score is held against one target.",
        "bring them to one shape, often with squeeze() or unsqueeze(1).",
    )


def nll_dimensions(input: Shape, target: Shape) -> ValueError | RuntimeError:
    """Class numbers with as many dimensions as the scores, or scores with none."""
    if not input:
        return two_voices(
            ValueError(f"Expected 1 or more dimensions (got {len(input)})"),
            "the input is a single number; it should hold a score for each class.",
            "give scores of shape (batch, classes) or (classes,).",
        )
    if len(input) == 1:
        size = target[0] if target else 1
        return two_voices(
            ValueError(
                f"For 1D input, 1D target must have size 1, but got target size: {size}"
            ),
            "an input of one dimension holds the scores of one example, which has one class.",
            "give scores of shape (batch, classes) for several examples.",
        )
    return two_voices(
        RuntimeError("0D or 1D target tensor expected, multi-target not supported"),
        f"the input has shape {list(input)}, the target {list(target)}; a target is one class "
        "number for each row of scores.",
        "drop the last dimension of the target, for instance with target.squeeze(1) or "
        "target.argmax(1).",
    )


def nll_target_shape(expected: Shape, got: Shape) -> RuntimeError:
    """Class numbers that do not lie as the scores do."""
    return two_voices(
        RuntimeError(f"Expected target size {list(expected)}, got {list(got)}"),
        "dimension 1 of the input counts the classes; the others are those of the target.",
    )


def class_weights(count: int, shape: Shape) -> RuntimeError:
    """Weights that are not one for each class."""
    return two_voices(
        RuntimeError(
            f"weight tensor should be defined either for all {count} classes or no classes but "
            f"got weight tensor of shape: {list(shape)}"
        ),
        "weight holds one factor for each class.",
    )


def label_smoothing(value: float) -> RuntimeError:
    """A share of smoothing outside [0, 1]."""
    return two_voices(
        RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {value:g}"),
        "it is the share of the target that is spread over all classes.",
    )


def probabilities_are_floats(dtype: npt.DTypeLike) -> RuntimeError:
    """Whole numbers where probabilities of classes are expected, by their shape."""
    return two_voices(
        RuntimeError(
            "Expected floating point type for target with class probabilities, got "
            f"{scalar_type(dtype)}"
        ),
        "a target in the shape of the input holds a probability for each class.",
        "give class numbers without that dimension (target.argmax(1)), or target.float().",
    )


def ignored_probabilities() -> RuntimeError:
    """`ignore_index` with probabilities."""
    return two_voices(
        RuntimeError("ignore_index is not supported for floating point target"),
        "only class numbers can be ignored.",
    )


def ranking_dimensions(first: Shape, second: Shape, target: Shape) -> RuntimeError:
    """Inputs of `margin_ranking_loss` with different numbers of dimensions."""
    return two_voices(
        RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got "
            f"sizes: input1: {size_text(first)}, input2: {size_text(second)}, "
            f"target: {size_text(target)} "
        ),
        f"the inputs have {len(first)} and {len(second)} dimensions, the target {len(target)}.",
        "bring them to one shape, often with squeeze() or unsqueeze(1).",
    )


def triplet_dimensions(anchor: int, positive: int, negative: int) -> RuntimeError:
    """Anchor, positive and negative with different numbers of dimensions."""
    return two_voices(
        RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number "
            f"of dimensions, but got: anchor {anchor}D, positive {positive}D, and negative "
            f"{negative}D inputs"
        ),
        "each row of the anchor is held against a row of the positive and of the negative.",
        "give all three the shape (batch, features).",
    )


def cosine_shapes(first: Shape, second: Shape, target: Shape) -> RuntimeError:
    """Shapes that `cosine_embedding_loss` cannot pair."""
    if len(target) > 1:
        return two_voices(
            RuntimeError("0D or 1D target tensor expected, multi-target not supported"),
            f"the target has shape {list(target)}; it holds 1 or -1 for each pair of rows.",
            "drop a dimension of the target, for instance with target.squeeze(1).",
        )
    return two_voices(
        RuntimeError(
            f"{len(target)}D target tensor expects {len(target) + 1}D input tensors, but found "
            f"inputs with sizes {list(first)} and {list(second)}."
        ),
        "each pair of rows has one target, so the target has one dimension less than the "
        "inputs.",
        "give inputs of shape (batch, features) and a target of shape (batch,).",
    )


def multi_margin_target(expected: int, target: Shape, input: Shape) -> RuntimeError:
    """Another number of targets than of rows."""
    return two_voices(
        RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of "
            f"input samples (batch size). Expected target size [{expected}], but got "
            f"{list(target)}. Input has shape {list(input)}."
        ),
        "a target is one class number for each row of scores.",
        "check that both come from the same batch.",
    )


def one_hot_dtype(dtype: npt.DTypeLike) -> RuntimeError:
    """`one_hot` of something else than class numbers."""
    return two_voices(
        RuntimeError("one_hot is only applicable to index tensor of type LongTensor."),
        f"the class numbers are of dtype {np.dtype(dtype).name}.",
        "convert them: tensor.long().",
    )


def one_hot_of_nothing() -> RuntimeError:
    """No class numbers, and no number of classes."""
    return two_voices(
        RuntimeError("Can not infer total number of classes from empty tensor."),
        fix="give num_classes.",
    )


def negative_class() -> RuntimeError:
    """A class number below 0."""
    return two_voices(
        RuntimeError("Class values must be non-negative."), "classes are counted from 0."
    )


def class_too_large() -> RuntimeError:
    """A class number that num_classes does not reach."""
    return two_voices(
        RuntimeError("Class values must be smaller than num_classes."),
        "n classes are numbered 0 to n - 1.",
        "give a larger num_classes.",
    )


# ------------------------------------------------------------------- normalisation, embeddings


def normalized_shape(wanted: Shape, got: Shape, comma: str = ", ") -> RuntimeError:
    """A shape that does not end as `layer_norm` was told."""
    sizes = ", ".join([str(size) for size in wanted])
    return two_voices(
        RuntimeError(
            f"Given normalized_shape=[{sizes}], expected input with shape [*{comma}{sizes}], "
            f"but got input of size{list(got)}"
        ),
        "normalized_shape is the end of the input's shape.",
    )


def normalized_affine(name: str, got: Shape, wanted: Shape) -> RuntimeError:
    """A weight or bias of `layer_norm` in another shape than what is normalised."""
    return two_voices(
        RuntimeError(
            f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
            f"{list(got)} and normalized_shape = {list(wanted)}"
        ),
        f"{name} holds one number for each place that is normalised.",
        f"give a {name} of shape {list(wanted)}.",
    )


def channel_statistics(name: str, channels: int, got: int) -> RuntimeError:
    """Another number of weights, biases, means or variances than of channels."""
    return two_voices(
        RuntimeError(f"{name} should contain {channels} elements not {got}"),
        f"dimension 1 of the input has {channels} channels.",
    )


def running_statistics_missing(name: str) -> RuntimeError:
    """No running mean to normalise by in evaluation."""
    return two_voices(
        RuntimeError(f"{name} must be defined in evaluation mode"),
        "outside training, batch_norm divides by what was measured in training.",
        "give running_mean and running_var, or training=True.",
    )


def one_value_per_channel(shape: Shape, grouped: bool = False) -> ValueError:
    """One example, whose spread cannot be measured; `group_norm` writes a plain list."""
    size = str(list(shape)) if grouped else size_text(shape)
    return two_voices(
        ValueError(
            f"Expected more than 1 value per channel when training, got input size {size}"
        ),
        "a single number is its own mean, so nothing would be left of it.",
        "take fewer groups, so that each has several numbers."
        if grouped
        else "use a larger batch (drop_last=True in the DataLoader), or model.eval().",
    )


def one_spatial_element(shape: Shape) -> ValueError:
    """One number a channel, whose spread cannot be measured."""
    return two_voices(
        ValueError(
            f"Expected more than 1 spatial element when training, got input size "
            f"{size_text(shape)}"
        ),
        "a single number is its own mean, so nothing would be left of it.",
    )


def channel_groups(shape: Shape, groups: int) -> RuntimeError:
    """Channels that do not fall into so many groups."""
    return two_voices(
        RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input "
            f"of shape {list(shape)} and num_groups={groups}"
        ),
        f"dimension 1 of the input has {shape[1]} channels, which do not fall into "
        f"{groups} equal groups.",
        f"take a number of groups that divides {shape[1]}.",
    )


def embedding_dtype(dtype: npt.DTypeLike) -> RuntimeError:
    """Indices of an embedding that are no whole numbers."""
    return two_voices(
        RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar "
            f"types: Long, Int; but got torch.{scalar_type(dtype)}Tensor instead (while "
            "checking arguments for embedding)"
        ),
        "an embedding is a table, and its input are row numbers.",
        "convert them: indices.long().",
    )


# -------------------------------------------------------------------------------- lazy modules


def uninitialized_parameter() -> RuntimeError:
    """The shape of a parameter that has none yet."""
    return two_voices(
        RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error "
            "usually happens in `load_state_dict` when trying to load an uninitialized "
            "parameter into an initialized one. Call `forward` to initialize the parameters "
            "before accessing their attributes."
        ),
        "a lazy module takes its sizes from the first input.",
        "call the model once, for instance with zeros of the right shape.",
    )
