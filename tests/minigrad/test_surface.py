"""Names that tutorials read in passing: devices, dtypes, what a tensor says of itself."""

import pathlib
import tomllib

import pytest

import minigrad as mg


def test_the_usual_choice_of_a_device_gives_the_cpu():
    device = mg.device("cuda" if mg.cuda.is_available() else "cpu")
    assert repr(device) == "device(type='cpu')"
    assert str(device) == "cpu"
    x = mg.ones(2, device=device)
    assert x.device == device
    assert x.to(device) is x
    assert x.cpu() is x
    assert not mg.backends.mps.is_available()
    assert not mg.accelerator.is_available()
    assert mg.cuda.device_count() == 0
    with device:
        assert mg.zeros(1).device.type == "cpu"


def test_a_device_may_be_named_but_not_used():
    assert repr(mg.device("cuda:1")) == "device(type='cuda', index=1)"
    assert mg.device("cuda", 1) == mg.device("cuda:1") != mg.device("cuda")
    for put in (
        lambda: mg.ones(2, device="cuda"),
        lambda: mg.ones(2).to("cuda:0"),
        lambda: mg.set_default_device("mps"),
    ):
        with pytest.raises(RuntimeError, match="runs on the CPU only"):
            put()
    with pytest.raises(AssertionError, match="Torch not compiled with CUDA enabled"):
        mg.ones(2).cuda()
    with pytest.raises(RuntimeError, match="at start of device string: gpu"):
        mg.ones(2).to("gpu")
    with pytest.raises(RuntimeError, match="Invalid device string: 'cuda:x'"):
        mg.device("cuda:x")
    with pytest.raises(RuntimeError, match="must not include an index"):
        mg.device("cuda:0", 1)


@pytest.fixture
def default_dtype():
    yield
    mg.set_default_dtype(mg.float32)


def test_the_default_dtype_serves_numbers_and_factories(default_dtype):
    mg.set_default_dtype(mg.float64)
    assert mg.get_default_dtype() is mg.float64
    assert {mg.tensor(1.5).dtype, mg.zeros(1).dtype, mg.randn(1).dtype} == {mg.float64}
    assert (mg.tensor([1]) + 0.5).dtype is mg.float64
    mg.set_default_tensor_type("torch.FloatTensor")
    assert mg.zeros(1).dtype is mg.float32
    with pytest.raises(TypeError, match="only floating-point types are supported"):
        mg.set_default_dtype(mg.int64)
    with pytest.raises(TypeError, match="invalid dtype object: only floating-point"):
        mg.set_default_dtype("float64")


def test_limits_of_the_wrong_kind_of_type_are_refused():
    assert mg.finfo(mg.float32).eps == 2.0**-23
    assert mg.iinfo(mg.int8).max == 127
    with pytest.raises(TypeError, match="requires a floating point input type"):
        mg.finfo(mg.int32)
    with pytest.raises(TypeError, match="requires an integer input type"):
        mg.iinfo(mg.float32)


def test_types_by_their_old_names():
    x = mg.FloatTensor([1, 2])
    assert x.dtype is mg.float32
    assert mg.LongTensor(2, 3).shape == (2, 3)
    assert isinstance(x, mg.FloatTensor)
    assert not isinstance(x, mg.LongTensor)
    assert x.type(mg.LongTensor).type() == "torch.LongTensor" == x.long().type()
    assert x.type("torch.DoubleTensor").dtype is mg.float64
    assert repr(mg.FloatTensor) == "<class 'torch.FloatTensor'>"
    with pytest.raises(ValueError, match="invalid type: 'long'"):
        x.type("long")
    with pytest.raises(TypeError, match=r"data must be a sequence \(got float\)"):
        mg.FloatTensor(1.5)
    variable = mg.autograd.Variable(x, requires_grad=True)
    assert variable.requires_grad
    assert not x.requires_grad
    assert isinstance(variable, mg.autograd.Variable)
    assert variable.data_ptr() == x.data_ptr()


def test_what_a_tensor_says_of_itself():
    x = mg.arange(6).reshape(2, 3)
    assert (x.itemsize, x.nbytes, x.element_size(), x.stride()) == (8, 48, 8, (3, 1))
    assert x[1, 1:].storage_offset() == 4
    assert x.storage_offset() == 0
    assert str(x.layout) == "torch.strided"
    assert x.get_device() == -1
    assert (x.is_cuda, x.is_complex(), x.is_signed(), x.is_leaf) == (False, False, True, True)
    assert mg.is_tensor(x)
    assert not mg.is_tensor([1])
    assert mg.numel(x) == 6
    assert not mg.is_floating_point(x)
    assert mg.is_floating_point(x.float())
    assert mg.typename(x) == "torch.LongTensor"
    assert mg.typename(3) == "int"
    assert mg.result_type(x, 1.0) is mg.float32
    assert mg.can_cast(mg.float64, mg.float32)
    assert not mg.can_cast(mg.float32, mg.int64)
    with pytest.raises(NotImplementedError, match="no storage object"):
        x.storage()
    with pytest.raises(TypeError, match="must be Tensor, not int"):
        mg.is_floating_point(3)


def test_what_is_made_in_inference_mode_stays_outside_of_graphs():
    before = mg.ones(2)
    with mg.inference_mode():
        x = mg.ones(2)
        y = x * 2 + before
        y.add_(1)
        assert x.is_inference()
        assert y.is_inference()
        assert not before.is_inference()
    assert y.tolist() == [4.0, 4.0]
    assert y[:1].is_inference()
    assert not (y * 2).is_inference()
    assert not y.clone().is_inference()
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor outside"):
        y.add_(1)
    assert y.tolist() == [4.0, 4.0]
    with pytest.raises(RuntimeError, match="Setting requires_grad=True on inference tensor"):
        y.requires_grad_()
    assert y.clone().requires_grad_().requires_grad


def test_the_version_is_the_projects():
    project = pathlib.Path(__file__).parents[2] / "pyproject.toml"
    assert mg.__version__ == tomllib.loads(project.read_text())["project"]["version"]


def test_settings_of_execution_change_nothing():
    layer = mg.nn.Linear(2, 1)
    assert mg.compile(layer) is layer

    @mg.compile
    def double(x):
        return 2 * x

    assert double(2) == 4
    with mg.autocast("cuda"), mg.autocast("cpu", enabled=False):
        assert layer(mg.ones(1, 2)).dtype is mg.float32
    with pytest.raises(NotImplementedError, match="bfloat16"), mg.autocast("cpu"):
        pass
    mg.set_num_threads(1)
    assert mg.get_num_threads() == 1
    mg.set_float32_matmul_precision("high")
    assert mg.get_float32_matmul_precision() == "high"
    with pytest.raises(RuntimeError, match="highest, high or medium"):
        mg.set_float32_matmul_precision("low")
