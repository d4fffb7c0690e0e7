"""`torch.utils`: what is neither mathematics nor networks."""

from minigrad.utils import checkpoint as checkpoint
from minigrad.utils import data as data
