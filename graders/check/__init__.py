"""Checks that tell you whether your derivative is right, without knowing the answer.

    from graders import check

    check.derivative(f, df)                      a function of one number
    check.derivative(f, 0.4, at=5.0)             a slope worked out by hand
    check.gradient(f, grad, at=[0.5, 0.75])      a function of an array to one number
    check.jacobian(f, jac, at=[0.5, 0.75])       rows are outputs, columns are inputs
    check.vjp(f, rule, at=x)                     rule(x, v), v the cotangent
    check.jvp(f, rule, at=x)                     rule(x, t), t the tangent
    check.value(h, between=(1e-9, 1e-6))         a number, by what must be true of it

Each prints one line and gives back a result: true or false, `.table()` for every compared
number, `.required()` to stop when it does not agree. What they compare with is the numerical
derivative of your own function f, so there is no answer in here to be found. Needs NumPy only.
"""

from graders.check.derivatives import derivative, gradient, jacobian, jvp, vjp
from graders.check.quantities import value
from graders.check.result import CheckFailed, Result

__all__ = [
    "CheckFailed",
    "Result",
    "derivative",
    "gradient",
    "jacobian",
    "jvp",
    "value",
    "vjp",
]
