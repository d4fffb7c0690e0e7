"""Every entry of the derivative table, tested by what the table says of itself.

For each entry and each of its cases, at random points and with random cotangents and tangents:
the derivatives against central differences, in both directions, to the second order; and the
two directions against each other (⟨v, J t⟩ = ⟨Jᵀv, t⟩, which needs no difference and so holds
to the last digits).
"""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as mg
from minigrad.apply import apply
from minigrad.forward import push_forward
from minigrad.rules.table import TABLE, Case, Rule
from minigrad.several import apply_several

CASES = [
    pytest.param(rule, case, id=f"{rule.name}-{number}")
    for rule in TABLE.values()
    for number, case in enumerate(rule.cases)
]


def drawn(rule: Rule, case: Case) -> list:
    """The case's inputs as tensors: float64 leaves where a gradient can flow."""
    random = np.random.default_rng(len(rule.name))
    tensors = []
    for position, value in enumerate(case.arrays(random)):
        if isinstance(value, np.ndarray | float):
            smooth = np.asarray(value).dtype.kind == "f" and rule.has_derivative(position)
            tensors.append(mg.tensor(np.asarray(value), requires_grad=smooth))
        else:
            tensors.append(value)
    return tensors


def as_function(rule: Rule, case: Case):
    """The entry with its parameters filled in."""
    applied = apply if rule.differentiable is None else apply_several
    return lambda *inputs: applied(rule, inputs, case.params)


@pytest.mark.parametrize("rule", TABLE.values(), ids=lambda rule: rule.name)
def test_entry_is_complete(rule: Rule) -> None:
    assert rule.cases, f"{rule.name} has no example: give it cases"
    assert len(rule.formula) == rule.derivative_count, f"{rule.name}: a formula for each input"


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_derivatives_agree_with_differences(rule: Rule, case: Case) -> None:
    inputs = drawn(rule, case)
    assert mg.autograd.gradcheck(
        as_function(rule, case), inputs, rtol=1e-6, atol=1e-7, check_forward_ad=True
    )


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_second_derivatives_agree_with_differences(rule: Rule, case: Case) -> None:
    inputs = drawn(rule, case)
    assert mg.autograd.gradgradcheck(
        as_function(rule, case), inputs, rtol=1e-6, atol=1e-6, check_fwd_over_rev=True
    )


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_forward_and_reverse_are_adjoint(rule: Rule, case: Case) -> None:
    inputs = drawn(rule, case)
    leaves = [x for x in inputs if isinstance(x, mg.Tensor) and x.requires_grad]
    result = as_function(rule, case)(*inputs)
    outputs = [
        y for y in (result if isinstance(result, tuple) else (result,)) if y.requires_grad
    ]
    mg.manual_seed(7)
    cotangents = [mg.randn_like(y) for y in outputs]
    tangents = [mg.randn_like(x) for x in leaves]
    pulled = mg.autograd.grad(outputs, leaves, cotangents, retain_graph=True)
    pushed = push_forward(outputs, leaves, tangents, create_graph=False)
    there = sum(float((v._data * t).sum()) for v, t in zip(cotangents, pushed, strict=True))
    back = sum(float((g * t).sum()) for g, t in zip(pulled, tangents, strict=True))
    assert there == pytest.approx(back, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_recorded_derivative_equals_the_array_one(rule: Rule, case: Case) -> None:
    inputs = drawn(rule, case)
    leaves = [x for x in inputs if isinstance(x, mg.Tensor) and x.requires_grad]
    result = as_function(rule, case)(*inputs)
    outputs = [
        y for y in (result if isinstance(result, tuple) else (result,)) if y.requires_grad
    ]
    cotangents = [mg.randn_like(y) for y in outputs]
    plain = mg.autograd.grad(outputs, leaves, cotangents, retain_graph=True)
    recorded = mg.autograd.grad(outputs, leaves, cotangents, create_graph=True)
    for a, b in zip(plain, recorded, strict=True):
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-14)
        assert a.shape == b.shape
        assert a.dtype is b.dtype is mg.float64
