"""PyTorch's names of classes, where they are printed: `type(x)` shows `<class 'torch.Tensor'>`.

Only what is shown is PyTorch's; `Tensor.__module__` says where the code lies.
"""

from __future__ import annotations

import abc

MODULES = {
    "minigrad.dtypes": "torch",
    "minigrad.device": "torch",
    "minigrad.random": "torch._C",
    "minigrad.tensor": "torch",
    "minigrad.hooks": "torch.utils.hooks",
    "minigrad.grad_mode": "torch.autograd.grad_mode",
    "minigrad.nn.activations": "torch.nn.modules.activation",
    "minigrad.nn.attention": "torch.nn.modules.activation",
    "minigrad.nn.containers": "torch.nn.modules.container",
    "minigrad.nn.convolution": "torch.nn.modules.conv",
    "minigrad.nn.embedding": "torch.nn.modules.sparse",
    "minigrad.nn.layers": "torch.nn.modules.linear",
    "minigrad.nn.losses": "torch.nn.modules.loss",
    "minigrad.nn.module": "torch.nn.modules.module",
    "minigrad.nn.normalization": "torch.nn.modules.normalization",
    "minigrad.nn.padding": "torch.nn.modules.padding",
    "minigrad.nn.parameter": "torch.nn.parameter",
    "minigrad.nn.pooling": "torch.nn.modules.pooling",
    "minigrad.nn.recurrent": "torch.nn.modules.rnn",
    "minigrad.nn.regularization": "torch.nn.modules.dropout",
    "minigrad.nn.transformer": "torch.nn.modules.transformer",
    "minigrad.nn.upsampling": "torch.nn.modules.upsampling",
    "minigrad.nn.utils.parametrizations": "torch.nn.utils.parametrizations",
    "minigrad.nn.utils.parametrize": "torch.nn.utils.parametrize",
    "minigrad.nn.utils.prune": "torch.nn.utils.prune",
    "minigrad.nn.utils.rnn": "torch.nn.utils.rnn",
    "minigrad.optim.adam": "torch.optim.adam",
    "minigrad.optim.asgd": "torch.optim.asgd",
    "minigrad.optim.cycles": "torch.optim.lr_scheduler",
    "minigrad.optim.lbfgs": "torch.optim.lbfgs",
    "minigrad.optim.rprop": "torch.optim.rprop",
    "minigrad.optim.schedules": "torch.optim.lr_scheduler",
    "minigrad.optim.sgd": "torch.optim.sgd",
    "minigrad.optim.swa_utils": "torch.optim.swa_utils",
    "minigrad.utils.data.dataloader": "torch.utils.data.dataloader",
    "minigrad.utils.data.dataset": "torch.utils.data.dataset",
    "minigrad.utils.data.sampler": "torch.utils.data.sampler",
}
CLASSES = {
    "AdamW": "torch.optim.adamw.AdamW",
    "BatchNorm1d": "torch.nn.modules.batchnorm.BatchNorm1d",
    "BatchNorm2d": "torch.nn.modules.batchnorm.BatchNorm2d",
    "BatchNorm3d": "torch.nn.modules.batchnorm.BatchNorm3d",
    "Bilinear": "torch.nn.modules.linear.Bilinear",
    "CosineSimilarity": "torch.nn.modules.distance.CosineSimilarity",
    "Embedding": "torch.nn.modules.sparse.Embedding",
    "Flatten": "torch.nn.modules.flatten.Flatten",
    "HookHandle": "torch.utils.hooks.RemovableHandle",
    "NonDynamicallyQuantizableLinear": (
        "torch.nn.modules.linear.NonDynamicallyQuantizableLinear"
    ),
    "PairwiseDistance": "torch.nn.modules.distance.PairwiseDistance",
}


def pytorch_name(of_class: type) -> str:
    """The full name of the class in PyTorch that a class stands for; its own, if none."""
    module = of_class.__module__
    if module.startswith("minigrad.") and of_class.__name__ in CLASSES:
        return CLASSES[of_class.__name__]
    if module.startswith("minigrad.distributions."):
        return f"torch.distributions.{of_class.__name__.lower()}.{of_class.__name__}"
    if module == "minigrad.optim.adaptive":
        return f"torch.optim.{of_class.__name__.lower()}.{of_class.__name__}"
    return f"{MODULES.get(module, module)}.{of_class.__qualname__}"


class Named(abc.ABCMeta):
    """The type of classes that print as PyTorch's.

    Of abstract classes, too: a user's class may inherit from one of these and from `abc.ABC`.
    """

    def __repr__(cls) -> str:
        return f"<class '{pytorch_name(cls)}'>"


class Shown(metaclass=Named):
    """The base of classes whose objects print as PyTorch's, by name and address."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{pytorch_name(type(self))} object at {id(self):#x}>"
