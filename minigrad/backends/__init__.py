"""`torch.backends`: what PyTorch may compute with besides the CPU; none of it is here."""

from minigrad.backends import cuda as cuda
from minigrad.backends import cudnn as cudnn
from minigrad.backends import mps as mps
