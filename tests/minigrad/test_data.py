"""Datasets, their order and their batches; saving and loading. (Slow) against PyTorch."""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import minigrad as mg
from minigrad import nn, optim
from minigrad.utils import data


class Squares(data.Dataset):
    def __len__(self):
        return 10

    def __getitem__(self, index):
        return {"x": index, "y": float(index) ** 2, "name": str(index)}


class Counting(data.IterableDataset):
    def __iter__(self):
        return iter(range(7))


def test_batches_of_tensors_and_of_dictionaries():
    x = mg.arange(10.0).reshape(5, 2)
    loader = data.DataLoader(data.TensorDataset(x, mg.arange(5)), batch_size=2)
    batches = list(loader)
    assert len(loader) == len(batches) == 3
    assert batches[0][0].tolist() == [[0, 1], [2, 3]]
    assert batches[-1][1].tolist() == [4]
    assert len(data.DataLoader(loader.dataset, 2, drop_last=True)) == 2
    batch = next(iter(data.DataLoader(Squares(), batch_size=3)))
    assert batch["x"].dtype is mg.int64
    assert batch["y"].dtype is mg.float64
    assert batch["name"] == ["0", "1", "2"]
    assert [b.tolist() for b in data.DataLoader(Counting(), 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert len(list(data.DataLoader(Squares(), batch_size=None))) == 10


def test_shuffling_takes_each_example_once_and_another_order_each_time():
    mg.manual_seed(0)
    loader = data.DataLoader(list(range(20)), batch_size=6, shuffle=True)
    first, second = ([x for batch in loader for x in batch.tolist()] for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(20))
    assert first != second


def test_parts_and_sums_of_datasets():
    whole = data.TensorDataset(mg.arange(10))
    a, b = data.random_split(whole, [0.7, 0.3])
    assert (len(a), len(b)) == (7, 3)
    joined = a + b
    assert sorted([joined[i][0].item() for i in range(len(joined))]) == list(range(10))
    with pytest.raises(ValueError, match="Sum of input lengths does not equal"):
        data.random_split(whole, [5, 6])
    with pytest.raises(ValueError, match="mutually exclusive with shuffle"):
        data.DataLoader(whole, shuffle=True, sampler=[1, 2])
    with pytest.raises(TypeError, match="default_collate: batch must contain tensors"):
        data.default_collate([object()])


# --- Files ------------------------------------------------------------------------------


def test_what_is_saved_comes_back(tmp_path):
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    optimizer = optim.Adam(net.parameters(), lr=0.1)
    net(mg.randn(4, 2)).sum().backward()
    optimizer.step()
    state = {
        "model": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "epoch": 3,
        "losses": [0.5, float("inf")],
        "shape": (2, 3),
        "bias": net[0].bias,
        7: None,
    }
    path = tmp_path / "checkpoint.pt"
    mg.save(state, path)
    again = mg.load(path, weights_only=True)
    assert list(again) == list(state)
    assert isinstance(again["model"], OrderedDict)
    assert again["losses"] == state["losses"]
    assert again["shape"] == (2, 3)
    assert isinstance(again["bias"], nn.Parameter)
    assert again["bias"].requires_grad
    other = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    other.load_state_dict(again["model"])
    assert (other[0].weight == net[0].weight).all()
    resumed = optim.Adam(other.parameters(), lr=0.5)
    resumed.load_state_dict(again["optimizer"])
    assert resumed.param_groups[0]["lr"] == 0.1
    stream = io.BytesIO()
    mg.save(mg.tensor([1, 2], dtype=mg.int8), stream)
    stream.seek(0)
    assert mg.load(stream).dtype is mg.int8


def test_a_file_cannot_run_code(tmp_path):
    class Evil:
        def __reduce__(self):
            return (exec, ("raise SystemExit",))

    path = tmp_path / "evil.pt"
    for content in (pickle.dumps(Evil()), b"", b"PK\x03\x04 not a zip"):
        path.write_bytes(content)
        with pytest.raises(RuntimeError, match="not a file that minigrad"):
            mg.load(path)
    np.savez(path.with_suffix(".npz"), nest=np.array([Evil()], dtype=object))
    with pytest.raises(RuntimeError, match="not a file that minigrad"):
        mg.load(path.with_suffix(".npz"))


def test_what_cannot_be_saved_leaves_the_file_alone(tmp_path):
    path = tmp_path / "kept.pt"
    mg.save({"a": mg.ones(2)}, path)
    with pytest.raises(TypeError, match="cannot save a") as caught:
        mg.save({"net": nn.Linear(1, 1)}, path)
    assert "state_dict" in caught.value.__notes__[0] + caught.value.__notes__[-1]
    assert mg.load(path)["a"].tolist() == [1, 1]


# --- The same order as PyTorch's -----------------------------------------------------------


def orders(module, data):
    """What loaders, samplers and splits draw for one seed."""
    seen = []
    module.manual_seed(5)
    numbers = list(range(23))
    for named in ({"shuffle": True}, {"shuffle": False}, {"shuffle": True, "drop_last": True}):
        loader = data.DataLoader(numbers, batch_size=4, **named)
        seen += [[batch.tolist() for batch in loader] for _ in range(2)]
        seen.append(module.rand(2).tolist())
    generator = module.Generator().manual_seed(9)
    loader = data.DataLoader(numbers, batch_size=5, shuffle=True, generator=generator)
    seen += [[batch.tolist() for batch in loader] for _ in range(2)]
    seen.append(list(data.RandomSampler(numbers, replacement=True, num_samples=40)))
    seen.append(list(data.SubsetRandomSampler([3, 1, 4, 1, 5])))
    seen.append(list(data.WeightedRandomSampler([0.1, 0.5, 0.4], 6)))
    seen += [part.indices for part in data.random_split(numbers, [0.5, 0.3, 0.2])]
    seen.append(module.rand(2).tolist())
    return seen


@pytest.mark.slow
def test_the_order_is_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is what minigrad is compared with")
    import torch.utils.data as theirs

    for ours, expected in zip(orders(mg, data), orders(torch, theirs), strict=True):
        assert ours == expected


def test_all_batches_are_made_in_the_main_process():
    assert mg.utils.data.get_worker_info() is None
