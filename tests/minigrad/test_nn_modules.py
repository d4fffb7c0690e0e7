"""Every layer and loss against PyTorch's: printed form, state, output and gradients."""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as mg

WITHOUT_SETTINGS = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "Identity",
    "LeakyReLU",
    "LogSigmoid",
    "Mish",
    "PReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "Sigmoid",
    "SiLU",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
]

# Constructor arguments, then the shapes of the inputs; "classes" and "rows" draw integers.
LAYERS = [
    *[(name, (), {}, [(3, 4)]) for name in WITHOUT_SETTINGS],
    ("GELU", ("tanh",), {}, [(3, 4)]),
    ("LeakyReLU", (0.3,), {"inplace": True}, [(3, 4)]),
    ("Hardtanh", (-0.5, 0.5, True), {}, [(3, 4)]),
    ("PReLU", (4,), {"init": 0.1}, [(3, 4)]),
    ("Threshold", (0.1, 2.0), {}, [(3, 4)]),
    ("Softmax", (), {"dim": 1}, [(3, 4)]),
    ("LogSoftmax", (), {"dim": 0}, [(3, 4)]),
    ("Softmin", (), {"dim": -1}, [(3, 4)]),
    ("Softmax2d", (), {}, [(2, 3, 4, 5)]),
    ("Linear", (4, 2), {}, [(3, 4)]),
    ("Linear", (4, 2), {"bias": False}, [(4,)]),
    ("LayerNorm", (4,), {}, [(3, 4)]),
    ("LayerNorm", ((3, 4),), {"elementwise_affine": False}, [(2, 3, 4)]),
    ("LayerNorm", (4,), {"bias": False}, [(2, 3, 4)]),
    ("RMSNorm", (4,), {}, [(3, 4)]),
    ("GroupNorm", (2, 4), {}, [(3, 4, 5)]),
    ("BatchNorm1d", (4,), {}, [(3, 4)]),
    ("BatchNorm1d", (4,), {"momentum": None, "affine": False}, [(3, 4, 5)]),
    ("BatchNorm2d", (3,), {"track_running_stats": False}, [(2, 3, 4, 5)]),
    ("BatchNorm3d", (3,), {}, [(2, 3, 2, 2, 3)]),
    ("InstanceNorm1d", (3,), {"affine": True}, [(2, 3, 4)]),
    ("InstanceNorm2d", (3,), {"track_running_stats": True}, [(2, 3, 4, 5)]),
    ("InstanceNorm2d", (3,), {}, [(3, 4, 5)]),
    ("LocalResponseNorm", (2,), {}, [(2, 3, 4)]),
    ("Embedding", (5, 3), {"padding_idx": 1}, ["rows"]),
    ("Embedding", (5, 3), {"max_norm": 1.0, "scale_grad_by_freq": True}, ["rows"]),
    *[(name, (), {}, [(3, 4), (3, 4)]) for name in ("MSELoss", "L1Loss", "SmoothL1Loss")],
    ("HuberLoss", ("sum",), {"delta": 0.5}, [(3, 4), (3, 4)]),
    ("BCEWithLogitsLoss", (), {}, [(3, 4), (3, 4)]),
    ("KLDivLoss", (), {"reduction": "batchmean"}, [(3, 4), "probabilities"]),
    ("PoissonNLLLoss", (), {}, [(3, 4), "probabilities"]),
    ("GaussianNLLLoss", (), {"full": True}, [(3, 4), (3, 4), "probabilities"]),
    ("NLLLoss", (), {}, [(3, 4), "classes"]),
    ("CrossEntropyLoss", (), {}, [(3, 4), "classes"]),
    ("CrossEntropyLoss", (), {"label_smoothing": 0.1, "reduction": "sum"}, [(3, 4), "classes"]),
    ("CrossEntropyLoss", (), {}, [(3, 4), "probabilities"]),
    ("BCELoss", (), {"reduction": "none"}, ["probabilities", "probabilities"]),
    ("MultiLabelSoftMarginLoss", (), {}, [(3, 4), "signs"]),
    ("SoftMarginLoss", (), {}, [(3, 4), "signs"]),
    ("HingeEmbeddingLoss", (), {}, [(3, 4), "signs"]),
    ("MarginRankingLoss", (0.5,), {}, [(3, 4), (3, 4), "signs"]),
    ("MultiMarginLoss", (), {"p": 2}, [(3, 4), "classes"]),
    ("CosineEmbeddingLoss", (0.1,), {}, [(3, 4), (3, 4), "row signs"]),
    ("TripletMarginLoss", (), {"swap": True}, [(3, 4), (3, 4), (3, 4)]),
    ("PairwiseDistance", (), {"keepdim": True}, [(3, 4), (3, 4)]),
    *[(f"Dropout{n}", (0.4,), {}, [(2, 3, 4)]) for n in ("", "1d", "2d")],
    ("Dropout3d", (), {}, [(2, 3, 2, 2, 2)]),
    ("AlphaDropout", (0.3,), {}, [(3, 20)]),
    ("FeatureAlphaDropout", (), {}, [(3, 4, 5)]),
    ("RReLU", (), {}, [(3, 20)]),
]


def values(shape, random):
    if shape == "classes":
        return random.integers(0, 4, 3)
    if shape == "rows":
        return random.integers(0, 5, (2, 4))
    if shape == "probabilities":
        raw = random.uniform(0.1, 1, (3, 4))
        return raw / raw.sum(1, keepdims=True)
    if shape == "signs":
        return random.choice([-1.0, 1.0], (3, 4))
    if shape == "row signs":
        return np.array([1.0, -1.0, 1.0])
    return random.normal(size=shape)


def run(module, name, args, named, shapes):
    """Printed form, outputs in training and evaluation, gradients and state."""
    module.manual_seed(11)
    layer = getattr(module.nn, name)(*args, **named).double()
    random = np.random.default_rng(5)
    given = [module.tensor(values(shape, random)) for shape in shapes]
    if given[0].is_floating_point():
        given[0].requires_grad_()
    seen = [repr(layer)]
    inplace = getattr(layer, "inplace", False)
    for _ in range(2):
        out = layer(*[x.clone() if inplace else x for x in given])
        module.manual_seed(3)
        if out.requires_grad:
            (out * module.randn(tuple(out.shape), dtype=module.float64)).sum().backward()
        seen.append(out.detach().numpy())
    layer.eval()
    seen.append(layer(*[x.clone() if inplace else x for x in given]).detach().numpy())
    for tensor in [given[0], *layer.parameters()]:
        seen.append(None if tensor.grad is None else tensor.grad.numpy())
    for key, value in layer.state_dict().items():
        seen += [key, value.numpy()]
    return seen


@pytest.mark.slow
@pytest.mark.parametrize(("name", "args", "named", "shapes"), LAYERS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_layer_is_pytorchs(name, args, named, shapes):
    torch = pytest.importorskip("torch", reason="PyTorch is what minigrad is compared with")
    wanted = run(torch, name, args, named, shapes)
    got = run(mg, name, args, named, shapes)
    assert len(got) == len(wanted)
    for ours, theirs in zip(got, wanted, strict=True):
        if isinstance(theirs, np.ndarray):
            assert ours.dtype == theirs.dtype
            np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-10)
        else:
            assert ours == theirs


def test_module_lists_and_dictionaries():
    nn = mg.nn
    layers = nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])
    layers.append(nn.ReLU())
    layers.insert(0, nn.Tanh())
    assert [name for name, _ in layers.named_parameters()] == [
        "1.weight",
        "1.bias",
        "2.weight",
        "2.bias",
    ]
    assert repr(layers) == (
        "ModuleList(\n  (0): Tanh()\n"
        "  (1-2): 2 x Linear(in_features=1, out_features=1, bias=True)\n  (3): ReLU()\n)"
    )
    assert isinstance(layers[-1], nn.ReLU)
    assert len(layers[1:3]) == 2
    with pytest.raises(IndexError, match="index 4 is out of range"):
        layers[4]
    named = nn.ModuleDict({"a": nn.ReLU(), "b": nn.Linear(2, 1)})
    assert list(named) == ["a", "b"]
    assert len(list(named.parameters())) == 2
    held = nn.ParameterList([nn.Parameter(mg.ones(2)), mg.zeros(3, 1)])
    assert [name for name, _ in held.named_parameters()] == ["0", "1"]
    assert "(1): Parameter containing: [torch.float32 of size 3x1]" in repr(held)
    pairs = nn.ParameterDict({"w": nn.Parameter(mg.ones(2))})
    assert list(pairs.keys()) == ["w"]


def test_batch_norm_by_hand():
    layer = mg.nn.BatchNorm1d(2)
    x = mg.tensor([[1.0, 10.0], [3.0, 30.0]])
    np.testing.assert_allclose(layer(x).detach().numpy(), [[-1, -1], [1, 1]], rtol=1e-4)
    np.testing.assert_allclose(layer.running_mean.numpy(), [0.2, 2.0], rtol=1e-6)
    np.testing.assert_allclose(layer.running_var.numpy(), [1.1, 20.9], rtol=1e-6)
    with pytest.raises(ValueError, match="Expected more than 1 value per channel"):
        layer(x[:1])


def test_what_losses_refuse():
    F = mg.nn.functional
    scores, wanted = mg.zeros(3, 4), mg.tensor([0, 1, 2])
    for wrong, kind, sentence in (
        (lambda: F.cross_entropy(scores, wanted[:2]), ValueError, "Expected input batch_size"),
        (lambda: F.cross_entropy(scores, wanted + 2), IndexError, "Target 4 is out of bounds"),
        (
            lambda: F.cross_entropy(scores, wanted.int()),
            RuntimeError,
            "Long or Byte, but got I",
        ),
        (lambda: F.nll_loss(scores, wanted[:, None]), RuntimeError, "multi-target not supp"),
        (lambda: F.binary_cross_entropy(scores - 1, scores), RuntimeError, "between 0 and 1"),
        (lambda: F.mse_loss(scores, scores, reduction="avg"), ValueError, "avg is not a valid"),
        (lambda: F.embedding(wanted, mg.ones(2, 2)), IndexError, "index out of range in self"),
        (lambda: F.dropout(scores, 2.0), ValueError, "dropout probability has to be between"),
        (lambda: F.glu(mg.ones(3)), RuntimeError, "Halving dimension must be even"),
    ):
        with pytest.raises(kind, match=sentence):
            wrong()


BEGINNINGS = [
    ("orthogonal_", {"gain": 2.0}, (4, 6)),
    ("orthogonal_", {}, (6, 3)),
    ("trunc_normal_", {"std": 0.5}, (5, 4)),
    ("trunc_normal_", {"mean": 1.0, "a": 0.0, "b": 1.5}, (30,)),
    ("trunc_normal_", {"a": 1.0, "b": 2.0}, (30,)),
    ("sparse_", {"sparsity": 0.3}, (6, 4)),
    ("eye_", {}, (3, 4)),
    ("dirac_", {"groups": 2}, (4, 3, 3, 3)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "named", "shape"), BEGINNINGS)
def test_parameters_begin_as_pytorchs(name, named, shape):
    torch = pytest.importorskip("torch", reason="PyTorch is what minigrad is compared with")
    found = []
    for module in (mg, torch):
        module.manual_seed(3)
        begin = getattr(module.nn.init, name)
        found.append([begin(module.empty(*shape), **named).numpy(), module.rand(1).item()])
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=2e-6, atol=5e-7)
    assert found[0][1] == found[1][1]


def test_clipping_gradients():
    a, b = mg.tensor([1.0, 2.0], requires_grad=True), mg.tensor(3.0, requires_grad=True)
    (a * mg.tensor([3.0, 0.0])).sum().backward()
    (b * 4).backward()
    assert mg.nn.utils.clip_grad_norm_([a, b], 1.0).item() == pytest.approx(5.0)
    np.testing.assert_allclose([*a.grad.tolist(), b.grad.item()], [0.6, 0, 0.8], rtol=1e-6)
    mg.nn.utils.clip_grad_value_([a, b], 0.7)
    np.testing.assert_allclose([*a.grad.tolist(), b.grad.item()], [0.6, 0, 0.7], rtol=1e-6)
    assert mg.nn.utils.clip_grad_norm_([mg.ones(2, requires_grad=True)], 1.0).item() == 0


def test_a_lazy_layer_takes_its_size_from_the_first_input():
    layer = mg.nn.LazyLinear(3)
    assert repr(layer.weight) == "<UninitializedParameter>"
    assert repr(layer) == "LazyLinear(in_features=0, out_features=3, bias=True)"
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized"):
        layer.weight.shape  # noqa: B018
    mg.manual_seed(0)
    out = layer(mg.ones(2, 4))
    mg.manual_seed(0)
    assert (out == mg.nn.Linear(4, 3)(mg.ones(2, 4))).all()
    assert repr(layer) == "Linear(in_features=4, out_features=3, bias=True)"
    assert isinstance(layer.weight, mg.nn.Parameter)
