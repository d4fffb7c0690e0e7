"""Automatic differentiation on NumPy, with the names and the behaviour of PyTorch.

    import minigrad as mg
    x = mg.tensor(5.0, requires_grad=True)
    y = 3 * x**2
    y.backward()
    x.grad                      # tensor(30.)

Read in this order: `node.py` (what the tape is made of), `rules/elementwise.py` (the
derivatives), `apply.py` (writing on the tape), `engine.py` (reading it backwards), `tensor.py`
(all the names).
"""

import math as _math
import warnings as _warnings

# ruff: noqa: F403  (each file of functions says in __all__ what it offers)
from minigrad import accelerator as accelerator
from minigrad import autograd as autograd
from minigrad import backends as backends
from minigrad import cuda as cuda
from minigrad import dtypes as dtypes
from minigrad import func as func
from minigrad import linalg as linalg
from minigrad import nn as nn
from minigrad import optim as optim
from minigrad import random as random
from minigrad import special as special
from minigrad import utils as utils
from minigrad.autograd.anomaly import (
    is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
)
from minigrad.autograd.anomaly import is_anomaly_enabled as is_anomaly_enabled
from minigrad.batching import vmap as vmap
from minigrad.device import device as device
from minigrad.device import get_default_device as get_default_device
from minigrad.device import set_default_device as set_default_device
from minigrad.dtypes import Size as Size
from minigrad.dtypes import can_cast as can_cast
from minigrad.dtypes import contiguous_format as contiguous_format
from minigrad.dtypes import dtype as dtype
from minigrad.dtypes import finfo as finfo
from minigrad.dtypes import float16 as float16
from minigrad.dtypes import float32 as float32
from minigrad.dtypes import float64 as float64
from minigrad.dtypes import get_default_dtype as get_default_dtype
from minigrad.dtypes import iinfo as iinfo
from minigrad.dtypes import int8 as int8
from minigrad.dtypes import int16 as int16
from minigrad.dtypes import int32 as int32
from minigrad.dtypes import int64 as int64
from minigrad.dtypes import preserve_format as preserve_format
from minigrad.dtypes import promote_types as promote_types
from minigrad.dtypes import set_default_dtype as set_default_dtype
from minigrad.dtypes import strided as strided
from minigrad.dtypes import uint8 as uint8
from minigrad.execution import *
from minigrad.functions.activations import celu as celu
from minigrad.functions.activations import celu_ as celu_
from minigrad.functions.activations import hardshrink as hardshrink
from minigrad.functions.activations import log_softmax as log_softmax
from minigrad.functions.activations import prelu as prelu
from minigrad.functions.activations import relu_ as relu_
from minigrad.functions.activations import rrelu as rrelu
from minigrad.functions.activations import rrelu_ as rrelu_
from minigrad.functions.activations import selu as selu
from minigrad.functions.activations import selu_ as selu_
from minigrad.functions.activations import softmax as softmax
from minigrad.functions.activations import threshold as threshold
from minigrad.functions.activations import threshold_ as threshold_
from minigrad.functions.contractions import *
from minigrad.functions.counting import *
from minigrad.functions.creation import *
from minigrad.functions.decompositions import det as det
from minigrad.functions.decompositions import inverse as inverse
from minigrad.functions.decompositions import logdet as logdet
from minigrad.functions.decompositions import matrix_power as matrix_power
from minigrad.functions.decompositions import slogdet as slogdet
from minigrad.functions.differences import *
from minigrad.functions.elementwise import *
from minigrad.functions.extremes import *
from minigrad.functions.in_place import *
from minigrad.functions.inspection import *
from minigrad.functions.joining import *
from minigrad.functions.logic import *
from minigrad.functions.matrix import *
from minigrad.functions.matrix_equations import cholesky_inverse as cholesky_inverse
from minigrad.functions.matrix_equations import cholesky_solve as cholesky_solve
from minigrad.functions.matrix_equations import matrix_exp as matrix_exp
from minigrad.functions.matrix_equations import (  # noqa: F401
    older_cholesky as cholesky,
)
from minigrad.functions.matrix_equations import (  # noqa: F401
    older_qr as qr,
)
from minigrad.functions.matrix_equations import (  # noqa: F401
    older_svd as svd,
)
from minigrad.functions.matrix_equations import (  # noqa: F401
    older_vander as vander,
)
from minigrad.functions.matrix_equations import (  # noqa: F401
    pinv as pinverse,
)
from minigrad.functions.picking import *
from minigrad.functions.placing import *
from minigrad.functions.rearranging import *
from minigrad.functions.recurrent import *
from minigrad.functions.reductions import *
from minigrad.functions.rounding import *
from minigrad.functions.sampling import *
from minigrad.functions.scans import *
from minigrad.functions.shapes import *
from minigrad.functions.sorting import *
from minigrad.functions.special import *
from minigrad.functions.statistics import *
from minigrad.functions.transcendental import *
from minigrad.functions.with_out import *
from minigrad.grad_mode import *
from minigrad.legacy import *
from minigrad.printing import set_printoptions as set_printoptions
from minigrad.random import Generator as Generator
from minigrad.random import initial_seed as initial_seed
from minigrad.random import seed as seed
from minigrad.serialization import load as load
from minigrad.serialization import save as save
from minigrad.tensor import Tensor as Tensor

__version__ = "0.1.0"

inf, nan, pi, e = _math.inf, _math.nan, _math.pi, _math.e
bool = dtypes.bool_
half = float16
float = float32
double = float64
short = int16
int = int32
long = int64

# log(0) is -inf and 1/0 is inf, as in PyTorch, without a remark about it for each number.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\.")


def __getattr__(name: str) -> object:
    # Rarely used, so not imported with the rest.
    if name == "distributions":
        import minigrad.distributions

        return minigrad.distributions
    raise AttributeError(f"module 'minigrad' has no attribute '{name}'")
