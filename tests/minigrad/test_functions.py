"""What the operator database does not look at: printing, out=, names, aliases, errors."""

import math
import warnings

import pytest

import minigrad as mg


def test_results_with_names_print_as_pytorchs():
    found = mg.max(mg.tensor([[1.0, 5.0], [3.0, 2.0]]), 1)
    assert repr(found) == (
        "torch.return_types.max(\nvalues=tensor([5., 3.]),\nindices=tensor([1, 0]))"
    )
    values, indices = found
    assert values is found.values
    assert indices is found[1]
    assert repr(mg.aminmax(mg.tensor([1, 2]))) == (
        "torch.return_types.aminmax(\nmin=tensor(1),\nmax=tensor(2))"
    )


@pytest.mark.parametrize(
    ("compute", "name"),
    [
        (lambda x: x.max(), "MaxBackward1"),
        (lambda x: x.max(0).values, "MaxBackward0"),
        (lambda x: x.median(0).values, "MedianBackward1"),
        (lambda x: x.cummax(0).values, "CummaxBackward0"),
        (lambda x: x.prod(), "ProdBackward0"),
        (lambda x: x.prod(0), "ProdBackward1"),
        (lambda x: x.norm(), "LinalgVectorNormBackward0"),
        (lambda x: x.clamp(0, 1), "ClampBackward1"),
        (lambda x: x.clamp_min(0), "ClampMinBackward0"),
        (lambda x: 2**x, "PowBackward2"),
        (lambda x: mg.special.i1(x), "SpecialI1Backward0"),
    ],
)
def test_nodes_have_pytorchs_names(compute, name):
    assert compute(mg.rand(2, 3, requires_grad=True)).grad_fn.name() == name


def test_first_of_equal_maxima_receives_the_cotangent_along_a_dimension_and_all_do_overall():
    x = mg.tensor([[2.0, 7.0, 7.0]], requires_grad=True)
    x.max(1).values.sum().backward()
    assert x.grad.tolist() == [[0.0, 1.0, 0.0]]
    x.grad = None
    x.max().backward()
    assert x.grad.tolist() == [[0.0, 0.5, 0.5]]


def test_product_with_zeros_can_be_differentiated_twice():
    x = mg.tensor([2.0, 0.0, 3.0], requires_grad=True, dtype=mg.float64)
    hessian = mg.autograd.functional.hessian(lambda v: v.prod(), x)
    assert hessian.tolist() == [[0, 3, 0], [3, 0, 2], [0, 2, 0]]


def test_axis_and_keepdims_are_other_names():
    x = mg.rand(2, 3)
    assert mg.equal(x.std(axis=1, keepdims=True), x.std(1, keepdim=True))
    assert mg.equal(x.argmax(axis=1), x.argmax(1))


def test_out_is_written_and_returned():
    result = mg.zeros(3)
    assert mg.add(mg.ones(3), 1, out=result) is result
    assert result.tolist() == [2, 2, 2]
    empty = mg.empty(0)
    mg.mul(mg.ones(2), 3, out=empty)
    assert empty.tolist() == [3, 3]
    with pytest.warns(UserWarning, match="An output with one or more elements was resized"):
        mg.exp(mg.zeros(2), out=result)


def test_out_refuses_gradients_and_numbers_it_cannot_hold():
    x = mg.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError) as caught:
        mg.add(x, x, out=mg.zeros(3))
    assert str(caught.value) == (
        "add(): functions with out=... arguments don't support automatic differentiation, "
        "but one of the arguments requires grad."
    )
    whole = mg.zeros(3, dtype=mg.int64)
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type Long"):
        mg.add(mg.ones(3), 1.5, out=whole)
    assert whole.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("compute", "error", "sentence"),
    [
        (
            lambda: mg.zeros(0).max(),
            RuntimeError,
            "max(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
            "reduction dim with the 'dim' argument.",
        ),
        (
            lambda: mg.zeros(2, 0).amax(1),
            IndexError,
            "amax(): Expected reduction dim 1 to have non-zero size.",
        ),
        (
            lambda: mg.arange(3).std(),
            RuntimeError,
            "std and var only support floating point and complex dtypes",
        ),
        (
            lambda: ~mg.ones(2),
            TypeError,
            "~ (operator.invert) is only implemented on integer and Boolean-type tensors",
        ),
        (
            lambda: mg.allclose(mg.ones(2), mg.arange(2)),
            RuntimeError,
            "Float did not match Long",
        ),
        (
            lambda: mg.quantile(mg.ones(2), 1.5),
            RuntimeError,
            "quantile() q must be in the range [0, 1] but got 1.5",
        ),
        (
            lambda: mg.bincount(mg.tensor([-1])),
            RuntimeError,
            "bincount only supports 1-d non-negative integral inputs.",
        ),
    ],
)
def test_errors_are_pytorchs_sentences(compute, error, sentence):
    with pytest.raises(error) as caught:
        compute()
    assert str(caught.value) == sentence


def test_spread_of_one_number_is_nan_with_pytorchs_warning():
    with pytest.warns(UserWarning, match=r"std\(\): degrees of freedom is <= 0") as caught:
        assert math.isnan(mg.tensor([3.0]).std().item())
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mg.tensor([2.0, 2.0]).var().item() == 0


def test_random_methods_are_repeatable_and_refuse_what_would_be_lost():
    mg.manual_seed(0)
    first = mg.empty(5).uniform_(2, 3)
    mg.manual_seed(0)
    assert mg.equal(first, mg.empty(5).uniform_(2, 3))
    assert ((first >= 2) & (first < 3)).all()
    leaf = mg.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        leaf.normal_()
    assert leaf.tolist() == [1, 1, 1]
    with mg.no_grad():
        leaf.normal_()
    assert leaf.requires_grad


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x.clone(),
        mg.zeros_like,
        mg.ones_like,
        mg.empty_like,
        lambda x: mg.full_like(x, 2),
    ],
    ids=["clone", "zeros_like", "ones_like", "empty_like", "full_like"],
)
def test_what_is_like_a_transposed_tensor_lies_in_memory_as_it_does(make):
    x = mg.arange(24.0).reshape(2, 3, 4)
    assert make(x.permute(2, 0, 1)).stride() == (1, 12, 4)
    assert make(x[0].t()).is_contiguous() is False
    assert make(x[0].expand(4, 3, 4)).stride() == (12, 4, 1)
    assert make(x).is_contiguous()


def test_random_numbers_follow_the_layout_of_a_clone():
    x = mg.arange(6.0).reshape(2, 3)
    mg.manual_seed(0)
    drawn = x.t().clone().uniform_()
    mg.manual_seed(0)
    assert drawn.t().tolist() == mg.rand(2, 3).tolist()
    assert x.t().clone(memory_format=mg.contiguous_format).is_contiguous()
    assert mg.zeros_like(x.t(), memory_format=mg.contiguous_format).is_contiguous()


def test_an_operator_lets_the_other_type_answer():
    class Answering:
        def __radd__(self, other):
            return "added"

        def __gt__(self, other):
            return "compared"

    x = mg.ones(2)
    assert x + Answering() == "added"
    assert (x < Answering()) == "compared"
    assert (x == None) is False  # noqa: E711
    assert (x != "a") is True
    assert [1, 2] * mg.tensor(2) == [1, 2, 1, 2]
    with pytest.raises(TypeError, match="'<' not supported between instances of 'Tensor' and"):
        x < "a"  # noqa: B015
    with pytest.raises(TypeError, match="can only concatenate str"):
        "a" + x
