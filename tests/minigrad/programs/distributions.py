"""Distributions: samples, log-probabilities and their gradients, entropies, divergences."""

import torch
from torch.distributions import (
    Bernoulli,
    Categorical,
    Cauchy,
    Exponential,
    Geometric,
    HalfNormal,
    Independent,
    Laplace,
    LogNormal,
    MultivariateNormal,
    Normal,
    OneHotCategorical,
    Uniform,
    kl_divergence,
)

from tests.minigrad.refusal import refused

torch.manual_seed(0)
two = torch.tensor([0.5, 1.5])
probs = torch.tensor([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]])
covariance = torch.tensor([[2.0, 0.5], [0.5, 1.0]])
real = torch.tensor([[-0.3, 0.4], [0.8, 1.2]])
positive = torch.tensor([[0.3, 0.4], [0.8, 1.2]])
bits = torch.tensor([[0.0, 1.0], [1.0, 1.0]])

for make, parameters, value in (
    (Normal, (real[0], two), real),
    (LogNormal, (real[0], two), positive),
    (HalfNormal, (two,), positive),
    (Uniform, (-two, two), real / 3),
    (Exponential, (two,), positive),
    (Laplace, (real[0], two), real),
    (Cauchy, (real[0], two), real),
    (Bernoulli, (two / 2,), bits),
    (Geometric, (two / 2,), bits * 3),
    (Categorical, (probs,), torch.tensor([2, 0])),
    (OneHotCategorical, (probs,), torch.eye(3)[:2]),
    (MultivariateNormal, (two, covariance), real),
):
    parameters = [p.clone().requires_grad_() for p in parameters]
    p = make(*parameters)
    print(p, p.batch_shape, p.event_shape, p.support, p.has_rsample)
    print(p.sample(), p.sample((2,)))
    found = p.log_prob(value)
    print(found, p.mean, p.variance, p.stddev)
    print(torch.autograd.grad(found.sum(), parameters, retain_graph=True))
    if make not in (Cauchy,):
        print(p.mode)
    if make is not OneHotCategorical and make is not HalfNormal:
        print(p.entropy())
    if p.has_rsample:
        drawn = p.rsample((3,))
        print(drawn, torch.autograd.grad(drawn.sum(), parameters, allow_unused=True))
    if p.has_rsample and make is not MultivariateNormal:
        print(p.cdf(value), p.icdf(torch.tensor([0.2, 0.7])))
    if p.has_enumerate_support:
        print(p.enumerate_support())
    print(p.expand((4, *p.batch_shape)).sample().shape)

print(Normal(0.0, 1.0), Normal(0, 1).sample(), Uniform(0, 1).sample((3,)))
print(Bernoulli(logits=torch.zeros(3)), Bernoulli(0.3).sample(), Bernoulli(logits=real).probs)
print(Categorical(logits=torch.randn(3)), Categorical(logits=real).probs)
print(MultivariateNormal(two, scale_tril=torch.eye(2)).covariance_matrix)
print(MultivariateNormal(two, precision_matrix=covariance).sample())
print(
    Independent(Normal(real, positive), 1),
    Independent(Normal(real, positive), 1).log_prob(real),
)

for p, q in (
    (Normal(0.0, 1.0), Normal(1.0, 2.0)),
    (Bernoulli(two / 2), Bernoulli(two / 3)),
    (Categorical(probs), Categorical(probs.flip(1))),
    (Exponential(two), Exponential(two + 1)),
    (Geometric(two / 2), Geometric(two / 3)),
    (Laplace(real, positive), Laplace(0.0, 1.0)),
    (Uniform(0.0, 1.0), Uniform(-1.0, 2.0)),
    (MultivariateNormal(two, covariance), MultivariateNormal(-two, torch.eye(2))),
    (Independent(Normal(real, positive), 1), Independent(Normal(real, 1.0), 1)),
):
    print(kl_divergence(p, q))

refused(Normal, 0.0, -1.0)
refused(Categorical, torch.tensor([-1.0, 2.0]))
refused(Categorical)
refused(Categorical, torch.tensor(1.0))
refused(Bernoulli, 1.5)
refused(Bernoulli(0.5).log_prob, torch.tensor(0.5))
refused(Normal(0.0, 1.0).log_prob, 1.0)
refused(Categorical(probs).log_prob, torch.tensor(3))
refused(kl_divergence, Bernoulli(0.5), Uniform(0.0, 1.0))
refused(MultivariateNormal, two)
refused(Independent, Normal(0.0, 1.0), 1)
print(type(Normal(0.0, 1.0)))
