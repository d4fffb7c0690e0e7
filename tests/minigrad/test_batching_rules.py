"""`vmap` carries all examples at once and gets what a loop gets: every entry of the table."""

import warnings

import numpy as np
import pytest

import minigrad as mg
from minigrad import func
from minigrad.rules.table import TABLE
from minigrad.trees import flatten

CASES = [
    pytest.param(rule, case, id=f"{rule.name}-{number}")
    for rule in TABLE.values()
    for number, case in enumerate(rule.cases)
    if any(isinstance(given, tuple) for given in case.inputs)
]
COUNT = 3
# What lessons do with one example at a time must not fall back to a loop.
AT_ONCE = {
    "addmm",
    "amax",
    "basic_index",
    "bmm",
    "cat",
    "cumsum",
    "diagonal",
    "dot",
    "expand",
    "flip",
    "gather",
    "index",
    "index_adjoint",
    "linalg_cholesky_ex",
    "linalg_det",
    "linalg_inv_ex",
    "linalg_solve_ex",
    "log_softmax",
    "logsumexp",
    "mean",
    "mm",
    "mse_loss",
    "mv",
    "narrow",
    "nll_loss",
    "permute",
    "reshape",
    "roll",
    "select",
    "slice_adjoint",
    "softmax",
    "squeeze",
    "stack",
    "std",
    "sum",
    "sum_to",
    "t",
    "take",
    "transpose",
    "tril",
    "triu",
    "unsqueeze",
    "var",
}


def batch(case):
    """For each input a tensor and the dimension of the batch, None for what is shared."""
    random = np.random.default_rng(5)
    examples = [case.arrays(random) for _ in range(COUNT)]
    inputs, dims = [], []
    for given, *values in zip(case.inputs, *examples, strict=True):
        drawn = isinstance(given, tuple)
        array = isinstance(given, np.ndarray)
        inputs.append(
            mg.tensor(np.stack(values)) if drawn else mg.tensor(given) if array else given
        )
        dims.append(0 if drawn else None)
    return inputs, tuple(dims)


def as_function(rule, case, inputs):
    """The entry as a function of the tensors among its inputs."""
    places = [i for i, x in enumerate(inputs) if isinstance(x, mg.Tensor)]

    def call(*tensors):
        given = list(inputs)
        for place, tensor in zip(places, tensors, strict=True):
            given[place] = tensor
        return rule(given, *case.params) if rule.variadic else rule(*given, *case.params)

    return call, places


def pulled_back(rule, call, dims, places):
    """From the tensors to the cotangents of those that are cut, given 1, 2, 3 ..."""
    chosen = [k for k, p in enumerate(places) if dims[p] == 0 and rule.has_derivative(p)]

    def back(*tensors):
        def of_chosen(*values):
            given = list(tensors)
            for k, value in zip(chosen, values, strict=True):
                given[k] = value
            return [y for y in flatten(call(*given))[0] if y.is_floating_point()]

        outputs, vjp = func.vjp(of_chosen, *[tensors[k] for k in chosen])
        steps = [mg.arange(1.0, y.numel() + 1, dtype=y.dtype) for y in outputs]
        return vjp([s.reshape(y.shape) for s, y in zip(steps, outputs, strict=True)])

    return back if chosen else None


@pytest.mark.parametrize(("rule", "case"), CASES)
@pytest.mark.filterwarnings("ignore:vmap. there is a performance drop")
def test_an_entry_carries_a_batch(rule, case):
    inputs, dims = batch(case)
    call, places = as_function(rule, case, inputs)
    tensors = [inputs[p] for p in places]
    in_dims = tuple(dims[p] for p in places)
    for function in (call, pulled_back(rule, call, dims, places)):
        if function is None:
            continue
        found, _ = flatten(func.vmap(function, in_dims)(*tensors))
        for i in range(COUNT):
            example = [t if d is None else t[i] for t, d in zip(tensors, in_dims, strict=True)]
            wanted, _ = flatten(function(*example))
            for batched, one in zip(found, wanted, strict=True):
                assert batched.dtype == one.dtype
                np.testing.assert_allclose(
                    batched[i].detach().numpy(), one.detach().numpy(), rtol=1e-9, atol=1e-11
                )


@pytest.mark.parametrize(
    ("rule", "case"),
    [
        p
        for p in CASES
        if p.values[0].name in AT_ONCE
        or (p.values[0].kind == "elementwise" and "cross_entropy" not in p.values[0].name)
    ],
)
def test_what_lessons_use_is_not_gone_through_one_by_one(rule, case):
    inputs, dims = batch(case)
    call, places = as_function(rule, case, inputs)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "vmap: there is a performance drop")
        for function in (call, pulled_back(rule, call, dims, places)):
            if function is not None:
                func.vmap(function, tuple(dims[p] for p in places))(
                    *[inputs[p] for p in places]
                )
