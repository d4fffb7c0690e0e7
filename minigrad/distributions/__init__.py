"""Probability distributions to draw from, and whose log-probabilities have gradients."""

from minigrad.distributions import constraints as constraints
from minigrad.distributions.continuous import Cauchy as Cauchy
from minigrad.distributions.continuous import Exponential as Exponential
from minigrad.distributions.continuous import HalfNormal as HalfNormal
from minigrad.distributions.continuous import Laplace as Laplace
from minigrad.distributions.continuous import LogNormal as LogNormal
from minigrad.distributions.continuous import Normal as Normal
from minigrad.distributions.continuous import Uniform as Uniform
from minigrad.distributions.discrete import Bernoulli as Bernoulli
from minigrad.distributions.discrete import Categorical as Categorical
from minigrad.distributions.discrete import Geometric as Geometric
from minigrad.distributions.discrete import OneHotCategorical as OneHotCategorical
from minigrad.distributions.distribution import Distribution as Distribution
from minigrad.distributions.divergence import kl_divergence as kl_divergence
from minigrad.distributions.divergence import register_kl as register_kl
from minigrad.distributions.joint import Independent as Independent
from minigrad.distributions.joint import MultivariateNormal as MultivariateNormal
