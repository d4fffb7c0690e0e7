"""Recurrent layers and cells."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from minigrad.functions import recurrent
from minigrad.functions.creation import empty, zeros
from minigrad.nn import init
from minigrad.nn.module import Module
from minigrad.nn.parameter import Parameter
from minigrad.nn.utils.rnn import PackedSequence
from minigrad.tensor import Tensor

# How many rows of weights a unit has.
GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "GRU": 3, "LSTM": 4}


def _draw_uniformly(module: Any) -> None:
    bound = 1 / math.sqrt(module.hidden_size) if module.hidden_size else 0
    for weight in module.parameters():
        init.uniform_(weight, -bound, bound)


class RNNBase(Module):
    """What RNN, GRU and LSTM have in common.

    Args:
        mode: "RNN_TANH", "RNN_RELU", "GRU" or "LSTM".
        input_size, hidden_size: lengths of an input vector and of the state.
        num_layers: each goes through the outputs of the one before.
        bias: whether there are biases.
        batch_first: inputs and outputs are (batch, steps, ...) instead of (steps, batch, ...).
        dropout: the probability of dropping an output between layers.
        bidirectional: go through the sequence backwards, too, with weights of its own.
        proj_size: project the state to this length (LSTM only); 0 for not at all.

    Weights `weight_ih_l0` (gates · hidden, inputs), `weight_hh_l0` (gates · hidden, hidden),
    `bias_ih_l0`, `bias_hh_l0` (gates · hidden) of the first layer, and so on, with `_reverse`
    added for the way backwards, begin uniform in ±1/√hidden_size.
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._check_sizes()
        self._names: list[dict[str, str]] = []
        where = {"device": device, "dtype": dtype}
        for layer in range(num_layers):
            for suffix in ("", "_reverse")[: self._directions]:
                shapes = self._shapes(layer)
                names = {short: f"{long}_l{layer}{suffix}" for short, long in _LONG.items()}
                self._names.append({short: names[short] for short in shapes})
                for short, shape in shapes.items():
                    setattr(self, names[short], Parameter(empty(shape, **where)))
        self.reset_parameters()

    def _check_sizes(self) -> None:
        if isinstance(self.dropout, bool) or not 0 <= self.dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an "
                "element being zeroed"
            )
        if self.dropout > 0 and self.num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero "
                "dropout expects num_layers greater than 1, but got "
                f"dropout={self.dropout} and num_layers={self.num_layers}",
                UserWarning,
                stacklevel=4,
            )
        for name in ("input_size", "hidden_size"):
            size = getattr(self, name)
            if not isinstance(size, int):
                raise TypeError(f"{name} should be of type int, got: {type(size).__name__}")
            if size <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if self.num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if self.proj_size < 0:
            raise ValueError(
                "proj_size should be a positive integer or zero to disable projections"
            )
        if self.proj_size >= self.hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def _state_sizes(self) -> tuple[int, ...]:
        """The lengths of h and, for an LSTM, c."""
        h = self.proj_size or self.hidden_size
        return (h, self.hidden_size) if self.mode == "LSTM" else (h,)

    def _shapes(self, layer: int) -> dict[str, tuple[int, ...]]:
        rows = GATES[self.mode] * self.hidden_size
        h = self._state_sizes[0]
        columns = h * self._directions if layer else self.input_size
        shapes: dict[str, tuple[int, ...]] = {"w_ih": (rows, columns), "w_hh": (rows, h)}
        if self.bias:
            shapes |= {"b_ih": (rows,), "b_hh": (rows,)}
        if self.proj_size:
            shapes["w_hr"] = (self.proj_size, self.hidden_size)
        return shapes

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        _draw_uniformly(self)

    def flatten_parameters(self) -> None:
        """Nothing to do: this is for graphics cards."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        return [[getattr(self, name) for name in names.values()] for names in self._names]

    def forward(self, input: Any, hx: Any = None) -> Any:
        """Go through the sequence.

        Args:
            input: shape (steps, batch, input_size), (steps, input_size) or, with `batch_first`,
                (batch, steps, input_size); or a packed batch.
            hx: the state to begin with, zeros by default: h, or (h, c) for an LSTM, each of
                shape (num_layers · directions, batch, hidden_size).

        Returns:
            The last layer's outputs, (steps, batch, directions · hidden_size), and the state in
            the end.
        """
        given = None if hx is None else (tuple(hx) if self.mode == "LSTM" else (hx,))
        run = self._packed if isinstance(input, PackedSequence) else self._padded
        output, states = run(input, given)
        return output, (states if self.mode == "LSTM" else states[0])

    def _packed(self, input: Any, given: Any) -> tuple[PackedSequence, tuple[Tensor, ...]]:
        data, batch_sizes, order, back = input
        if given is not None and order is not None:
            given = tuple([each.index_select(1, order) for each in given])
        sizes = batch_sizes.tolist()
        output, states = self._layers(data, sizes, given, sizes[0])
        if back is not None:
            states = tuple([each.index_select(1, back) for each in states])
        return PackedSequence(output, batch_sizes, order, back), states

    def _padded(self, input: Tensor, given: Any) -> tuple[Tensor, tuple[Tensor, ...]]:
        name = self._get_name()
        if input.dim() not in (2, 3):
            raise ValueError(
                f"{name}: Expected input to be 2D or 3D, got {input.dim()}D "
                f"{'tensor instead' if name == 'RNN' else 'instead'}"
            )
        batched = input.dim() == 3
        self._check_state_dimensions(given, input.dim())
        across = 0 if self.batch_first else 1
        if not batched:
            input = input.unsqueeze(across)
            given = None if given is None else tuple([each.unsqueeze(1) for each in given])
        by_step = input.transpose(0, 1) if self.batch_first else input
        output, states = self._layers(by_step, None, given, by_step.shape[1])
        if self.batch_first and self.mode == "LSTM":
            output = output.transpose(0, 1)
        elif self.batch_first:
            output.transpose_(0, 1)
        if not batched:
            output = output.squeeze(across)
            states = tuple([each.squeeze(1) for each in states])
        return output, states

    def _check_state_dimensions(self, given: Any, ndim: int) -> None:
        if given is None or all(each.dim() == ndim for each in given):
            return
        kind = "batched 3-D" if ndim == 3 else "unbatched 2-D"
        if self.mode == "LSTM":
            raise RuntimeError(
                f"For {kind} input, hx and cx should also be {ndim}-D but got "
                f"({given[0].dim()}-D, {given[1].dim()}-D) tensors"
            )
        raise RuntimeError(
            f"For {kind} input, hx should also be {ndim}-D but got {given[0].dim()}-D tensor"
        )

    def _layers(
        self, input: Tensor, batch_sizes: Sequence[int] | None, given: Any, batch: int
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        shapes = [
            (self.num_layers * self._directions, batch, size) for size in self._state_sizes
        ]
        if given is None:
            given = [zeros(shape, dtype=input.dtype) for shape in shapes]
        self._check(input, given, shapes, packed=batch_sizes is not None)
        weights = [
            {short: getattr(self, name) for short, name in names.items()}
            for names in self._names
        ]
        output, finals = recurrent.run_layers(
            self.mode,
            input,
            batch_sizes,
            recurrent.as_layers(given),
            weights,
            self._directions,
            self.dropout if self.training else 0.0,
        )
        return output, recurrent.as_tensors(finals)

    def _check(self, input: Tensor, given: Any, shapes: Any, *, packed: bool) -> None:
        dtype = self.weight_ih_l0.dtype
        if input.dtype != dtype:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({dtype}). "
                f"Convert input: input.to({dtype}), or convert model: model.to({input.dtype})"
            )
        if packed and input.dim() != 2:
            raise RuntimeError(f"input must have 2 dimensions, got {input.dim()}")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                "input.size(-1) must be equal to input_size. Expected "
                f"{self.input_size}, got {input.shape[-1]}"
            )
        for i, (each, shape) in enumerate(zip(given, shapes, strict=True)):
            which = f"hidden[{i}]" if self.mode == "LSTM" else "hidden"
            if tuple(each.shape) != shape:
                raise RuntimeError(f"Expected {which} size {shape}, got {list(each.shape)}")

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size:
            text += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            text += f", num_layers={self.num_layers}"
        if not self.bias:
            text += f", bias={self.bias}"
        if self.batch_first:
            text += f", batch_first={self.batch_first}"
        if self.dropout:
            text += f", dropout={self.dropout}"
        return text + (f", bidirectional={self.bidirectional}" if self.bidirectional else "")


_LONG = {
    "w_ih": "weight_ih",
    "w_hh": "weight_hh",
    "b_ih": "bias_ih",
    "b_hh": "bias_hh",
    "w_hr": "weight_hr",
}


class RNN(RNNBase):
    """Simple recurrent layers: h' = tanh(W x + b + U h + b'). Elman, 1990.

    Args:
        nonlinearity: "tanh" or "relu".

    The other arguments are those of `RNNBase`, from `input_size` on; the nonlinearity is the
    fourth of them.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        *others: Any,
        **named: Any,
    ) -> None:
        if "proj_size" in named:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'."
            )
        mode = f"RNN_{nonlinearity.upper()}"
        super().__init__(mode, input_size, hidden_size, num_layers, *others, **named)
        self.nonlinearity = nonlinearity


class GRU(RNNBase):
    """Layers of gated recurrent units. Cho et al., 2014.

    The arguments are those of `RNNBase`, from `input_size` on. The rows of the weights are
    those of the reset gate, the update gate and the new state.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        if "proj_size" in named:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *given, **named)


class LSTM(RNNBase):
    """Layers of long short-term memory. Hochreiter and Schmidhuber, 1997.

    The arguments are those of `RNNBase`, from `input_size` on. The rows of the weights are
    those of the input gate, the forget gate, the cell and the output gate.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__("LSTM", *given, **named)


class RNNCellBase(Module):
    """What the cells have in common: weights as those of a layer, for a single step.

    Args:
        input_size, hidden_size: lengths of an input vector and of the state.
        bias: whether there are biases.
    """

    gates = 1
    _step: Any

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = type(self).gates * hidden_size
        where = {"device": device, "dtype": dtype}
        self.weight_ih = Parameter(empty(rows, input_size, **where))
        self.weight_hh = Parameter(empty(rows, hidden_size, **where))
        for name in ("bias_ih", "bias_hh"):
            made = Parameter(empty(rows, **where)) if bias else None
            self.register_parameter(name, made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        _draw_uniformly(self)

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """One step.

        Args:
            input: shape (batch, input_size), or (input_size).
            hx: the state before, zeros by default: h, or (h, c) for an LSTM cell, each of shape
                (batch, hidden_size), or (hidden_size).

        Returns:
            The state after.
        """
        name = self._get_name()
        if input.dim() not in (1, 2):
            raise ValueError(
                f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead"
            )
        pair = isinstance(self, LSTMCell)
        given = hx if pair or hx is None else (hx,)
        for i, each in enumerate(given or ()):
            if each.dim() not in (1, 2):
                which = f"hx[{i}]" if pair else "hidden"
                raise ValueError(
                    f"{name}: Expected {which} to be 1D or 2D, got {each.dim()}D instead"
                )
        batched = input.dim() == 2
        if not batched:
            input = input.unsqueeze(0)
            given = None if given is None else [each.unsqueeze(0) for each in given]
        if given is None:
            zero = zeros(input.shape[0], self.hidden_size, dtype=input.dtype)
            given = (zero, zero) if pair else (zero,)
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        after = self._step(input, given if pair else given[0], *weights)
        if batched:
            return after
        return tuple([each.squeeze(0) for each in after]) if pair else after.squeeze(0)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if not self.bias:
            text += f", bias={self.bias}"
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text + (f", nonlinearity={nonlinearity}" if nonlinearity != "tanh" else "")


class RNNCell(RNNCellBase):
    """One step of an `RNN`.

    Args:
        nonlinearity: "tanh" or "relu".
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity

    def _step(self, *arguments: Any) -> Any:
        steps = {"tanh": recurrent.rnn_tanh_cell, "relu": recurrent.rnn_relu_cell}
        if self.nonlinearity not in steps:
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return steps[self.nonlinearity](*arguments)


class GRUCell(RNNCellBase):
    """One step of a `GRU`."""

    gates = 3
    _step = staticmethod(recurrent.gru_cell)


class LSTMCell(RNNCellBase):
    """One step of an `LSTM`: from (h, c) to (h, c)."""

    gates = 4
    _step = staticmethod(recurrent.lstm_cell)
