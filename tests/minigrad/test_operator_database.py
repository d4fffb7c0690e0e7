"""What minigrad offers is what PyTorch does, by PyTorch's own operator database."""

import importlib.util

import pytest

pytestmark = pytest.mark.slow

# Grows with the package: how many entries of the database pass at the least.
AT_LEAST = 516

HAS_TORCH = importlib.util.find_spec("torch") is not None


def pytest_generate_tests(metafunc):
    """One test an entry. Reading the database costs seconds, so only if they are to run."""
    if "entry" not in metafunc.fixturenames:
        return
    wanted = HAS_TORCH and "not slow" not in metafunc.config.option.markexpr
    metafunc.parametrize("entry", offered_names() if wanted else [])


def offered_names():
    import minigrad
    from tests.minigrad.operator_database import listed
    from tests.minigrad.torch_bridge import Bridge

    return listed(Bridge(minigrad), offered=True)


def test_an_offered_entry_is_pytorchs(entry):
    import minigrad
    from tests.minigrad.operator_database import judge
    from tests.minigrad.torch_bridge import Bridge

    verdict = judge(entry, Bridge(minigrad))
    assert verdict.passed, verdict.text()


def test_enough_entries_are_offered():
    pytorch()
    assert len(offered_names()) >= AT_LEAST


class Altered:
    """torch with some of its functions replaced: what the check must catch."""

    def __init__(self, **replaced):
        self.__dict__.update(replaced)

    def __getattr__(self, name):
        import torch

        return getattr(torch, name)


def pytorch():
    return pytest.importorskip("torch", reason="PyTorch is what minigrad is compared with")


def verdict_with(**replaced):
    pytorch()
    from tests.minigrad.operator_database import judge
    from tests.minigrad.torch_bridge import Bridge

    (name,) = replaced
    return judge(name, Bridge(Altered(**replaced)))


def test_torch_itself_passes():
    verdict = verdict_with(exp=pytorch().exp)
    assert verdict.passed
    assert {"exp", "Tensor.exp", "Tensor.exp_"} <= set(verdict.forms)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda x: x.exp() * (1 + 1e-7), "expected\n"),
        (lambda x: x.exp().float(), "dtype"),
        (lambda x: x.exp()[None], "shape"),
        (lambda x: x.exp().detach(), "requires_grad"),
        (lambda x: x.exp().detach() * (1 + x - x.detach() * (1 + 1e-7)), "expected\n"),
        (lambda x: x.exp().detach() + 0.5 * (x - x.detach()), "VJP 1, input 0"),
        (lambda x: x.exp() if x.dim() else 1 / 0, "ZeroDivisionError"),
        (lambda x: x.exp() if x.numel() else 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_wrong_function_is_caught(wrong, said):
    verdict = verdict_with(exp=wrong)
    assert not verdict.passed
    assert said in verdict.failures[0].message
    assert {failure.form for failure in verdict.failures} == {"exp"}


def test_a_name_that_is_not_there_is_not_offered():
    verdict = verdict_with(kron=None)
    assert "kron" not in verdict.forms


def test_the_second_derivative_is_compared_on_request():
    torch = pytorch()
    from tests.minigrad.operator_database import judge
    from tests.minigrad.torch_bridge import Bridge

    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.y = x.exp()
            return ctx.y.clone()

        @staticmethod
        def backward(ctx, g):
            return g * ctx.y  # A constant: right once, wrong when differentiated again.

    bridge = Bridge(Altered(exp=Exp.apply))
    assert judge("exp", bridge).passed
    assert not judge("exp", bridge, order=2).passed
