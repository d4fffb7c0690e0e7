"""The special functions under the names of `torch.special`."""

from minigrad.functions.elementwise import sigmoid as expit
from minigrad.functions.rounding import round as round
from minigrad.functions.special import digamma as digamma
from minigrad.functions.special import entr as entr
from minigrad.functions.special import erf as erf
from minigrad.functions.special import erfc as erfc
from minigrad.functions.special import erfcx as erfcx
from minigrad.functions.special import erfinv as erfinv
from minigrad.functions.special import i0 as i0
from minigrad.functions.special import i0e as i0e
from minigrad.functions.special import i1 as i1
from minigrad.functions.special import i1e as i1e
from minigrad.functions.special import lgamma as gammaln
from minigrad.functions.special import log_ndtr as log_ndtr
from minigrad.functions.special import mvlgamma as multigammaln
from minigrad.functions.special import ndtr as ndtr
from minigrad.functions.special import ndtri as ndtri
from minigrad.functions.special import polygamma as polygamma
from minigrad.functions.special import xlog1py as xlog1py
from minigrad.functions.special import zeta as zeta
from minigrad.functions.statistics import logsumexp as logsumexp
from minigrad.functions.transcendental import exp2 as exp2
from minigrad.functions.transcendental import expm1 as expm1
from minigrad.functions.transcendental import log1p as log1p
from minigrad.functions.transcendental import logit as logit
from minigrad.functions.transcendental import sinc as sinc
from minigrad.functions.transcendental import xlogy as xlogy

psi = digamma

__all__ = ["expit", "gammaln", "multigammaln", "psi"]
