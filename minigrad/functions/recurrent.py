"""Recurrent networks: one step of a cell, and layers of cells over a sequence.

The state of a cell is a tuple: (h,), or (h, c) for an LSTM. A layer multiplies the inputs of
all steps by its input weights at once; only what depends on the state is done step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from minigrad.apply import apply
from minigrad.functions.elementwise import relu, sigmoid, tanh
from minigrad.functions.joining import cat, chunk, stack
from minigrad.functions.matrix import linear
from minigrad.functions.regularization import dropout
from minigrad.rules import shapes as rules

if TYPE_CHECKING:
    from minigrad.tensor import Tensor

    State = tuple[Tensor, ...]
    Cell = Callable[[Tensor, Tensor, State], State]

__all__ = ["gru_cell", "lstm_cell", "rnn_relu_cell", "rnn_tanh_cell"]


# --- From what the inputs and the state contribute to the next state --------------------


def _rnn(nonlinearity: Callable[[Tensor], Tensor]) -> Cell:
    """h' = f(W x + U h), of J. Elman, "Finding structure in time", 1990."""

    def cell(from_input: Tensor, from_state: Tensor, state: State) -> State:
        return (nonlinearity(from_state + from_input),)

    return cell


def _gru(from_input: Tensor, from_state: Tensor, state: State) -> State:
    """Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.

    The reset gate acts on U h rather than on h, as everywhere since cuDNN.
    """
    (h,) = state
    reset_in, update_in, new_in = chunk(from_input, 3, 1)
    reset_state, update_state, new_state = chunk(from_state, 3, 1)
    reset = sigmoid(reset_state + reset_in)
    update = sigmoid(update_state + update_in)
    new = tanh(new_in + new_state * reset)
    return ((h - new) * update + new,)


def _lstm(from_input: Tensor, from_state: Tensor, state: State) -> State:
    """Hochreiter and Schmidhuber, "Long short-term memory", 1997, with a forget gate."""
    _, c = state
    gates = chunk(from_state + from_input, 4, 1)
    enter, forget, out = sigmoid(gates[0]), sigmoid(gates[1]), sigmoid(gates[3])
    c = forget * c + enter * tanh(gates[2])
    return out * tanh(c), c


CELLS: dict[str, Cell] = {
    "RNN_TANH": _rnn(tanh),
    "RNN_RELU": _rnn(relu),
    "GRU": _gru,
    "LSTM": _lstm,
}

# --- One step ----------------------------------------------------------------------------


def _step(kind: str, input: Tensor, state: State, weights: Sequence[Tensor | None]) -> State:
    w_ih, w_hh, b_ih, b_hh = weights
    assert w_ih is not None
    assert w_hh is not None
    _check_step(input, state[0], w_ih, w_hh)
    from_input = linear(input, w_ih, b_ih)
    return CELLS[kind](from_input, linear(state[0], w_hh, b_hh), state)


def _check_step(input: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor) -> None:
    if input.shape[1] != w_ih.shape[1]:
        raise RuntimeError(
            f"input has inconsistent input_size: got {input.shape[1]} expected {w_ih.shape[1]}"
        )
    if h.shape[1] != w_hh.shape[1]:
        raise RuntimeError(
            f"hidden0 has inconsistent hidden_size: got {h.shape[1]}, expected {w_hh.shape[1]}"
        )
    if input.shape[0] != h.shape[0]:
        raise RuntimeError(
            f"Input batch size {input.shape[0]} doesn't match hidden0 batch size {h.shape[0]}"
        )


def _simple_cell(kind: str, what: str) -> Callable[..., Tensor]:
    def cell(
        input: Tensor,
        hx: Tensor,
        w_ih: Tensor,
        w_hh: Tensor,
        b_ih: Tensor | None = None,
        b_hh: Tensor | None = None,
    ) -> Tensor:
        return _step(kind, input, (hx,), (w_ih, w_hh, b_ih, b_hh))[0]

    cell.__doc__ = f"""{what}

    Args:
        input: shape (batch, inputs).
        hx: the state before, shape (batch, hidden).
        w_ih, w_hh: shapes (gates · hidden, inputs) and (gates · hidden, hidden).
        b_ih, b_hh: shape (gates · hidden).

    Returns:
        The state after, shape (batch, hidden).
    """
    return cell


rnn_tanh_cell = _simple_cell("RNN_TANH", "tanh(W x + b + U h + b'), a simple recurrent step.")
rnn_relu_cell = _simple_cell("RNN_RELU", "relu(W x + b + U h + b'), a simple recurrent step.")
gru_cell = _simple_cell("GRU", "One step of a gated recurrent unit: reset, update, new.")


def lstm_cell(
    input: Tensor,
    hx: Sequence[Tensor],
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One step of a long short-term memory: input, forget, cell and output gate.

    Args:
        input: shape (batch, inputs).
        hx: (h, c) before, each of shape (batch, hidden).
        w_ih, w_hh: shapes (4 · hidden, inputs) and (4 · hidden, hidden).
        b_ih, b_hh: shape (4 · hidden).

    Returns:
        (h, c) after.
    """
    h, c = _step("LSTM", input, tuple(hx), (w_ih, w_hh, b_ih, b_hh))
    return h, c


# --- Layers over a sequence --------------------------------------------------------------


def run_layers(
    kind: str,
    input: Tensor,
    batch_sizes: Sequence[int] | None,
    states: Sequence[State],
    weights: Sequence[dict[str, Tensor]],
    directions: int,
    dropped: float,
) -> tuple[Tensor, list[State]]:
    """All layers, one after the other.

    Args:
        kind: a key of CELLS.
        input: shape (steps, batch, inputs); if packed (sum of the lengths, inputs).
        batch_sizes: how many sequences reach each step, if packed.
        states: to begin with, for each layer and direction.
        weights: for each layer and direction: w_ih, w_hh and, if there are, b_ih, b_hh, w_hr.
        directions: 1, or 2 to go through the sequence backwards, too.
        dropped: the probability of dropping an output between layers.

    Returns:
        The outputs of the last layer, shaped as the input; the states in the end.
    """
    finals: list[State] = []
    for first in range(0, len(weights), directions):
        if first:
            input = dropout(input, dropped)
        outputs = []
        for k in range(first, first + directions):
            output, final = _run(kind, input, batch_sizes, states[k], weights[k], k > first)
            outputs.append(output)
            finals.append(final)
        input = cat(outputs, -1) if directions == 2 else outputs[0]
    return input, finals


def _run(
    kind: str,
    input: Tensor,
    batch_sizes: Sequence[int] | None,
    state: State,
    weights: dict[str, Tensor],
    backwards: bool,
) -> tuple[Tensor, State]:
    """One layer in one direction."""
    from_inputs = linear(input, weights["w_ih"], weights.get("b_ih"))
    parts = from_inputs.unbind(0) if batch_sizes is None else from_inputs.split(batch_sizes)
    if not parts:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    parts = parts[::-1] if backwards else parts
    beginning, finished = state, []
    if batch_sizes is not None and backwards:
        state = tuple([each[: len(parts[0])] for each in state])
    outputs = []
    for part in parts:
        count, before = len(part), len(state[0])
        if count < before:
            # The shortest sequences have ended.
            finished.append(tuple([each[count:] for each in state]))
            state = tuple([each[:count] for each in state])
        elif count > before:
            # Coming from the end, longer sequences are there before shorter ones begin.
            joining = [each[before:count] for each in beginning]
            state = tuple([cat(pair) for pair in zip(state, joining, strict=True)])
        from_state = linear(state[0], weights["w_hh"], weights.get("b_hh"))
        state = CELLS[kind](part, from_state, state)
        if "w_hr" in weights:
            state = (linear(state[0], weights["w_hr"], None), *state[1:])
        outputs.append(state[0])
    if finished:
        state = tuple([cat(each) for each in zip(state, *finished[::-1], strict=True)])
    outputs = outputs[::-1] if backwards else outputs
    if batch_sizes is not None:
        return cat(outputs), state
    fused = kind == "LSTM" and input._data.dtype == "float32" and "w_hr" not in weights
    return apply(rules.lstm_outputs, outputs, (0,)) if fused else stack(outputs), state


def as_layers(tensors: Sequence[Tensor]) -> list[State]:
    """From h and perhaps c, (layers · directions, batch, hidden), to a state for each layer."""
    return list(zip(*[each.unbind(0) for each in tensors], strict=True))


def as_tensors(states: Sequence[State]) -> tuple[Any, ...]:
    """The way back."""
    return tuple([stack(each) for each in zip(*states, strict=True)])
