"""PyTorch's place of the classes in `nn`, for code that names it."""

from minigrad.nn.modules import module as module
