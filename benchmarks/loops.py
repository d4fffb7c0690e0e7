"""The loops that are timed: each takes the module, so that both run the same code."""

from __future__ import annotations

from typing import Any


def scalar_descent(torch: Any, steps: int = 200) -> Any:
    """Descent on θ cos 4θ + 2|θ|: six operations on one number, backward, an update."""
    theta = torch.tensor(0.5, requires_grad=True)
    for _ in range(steps):
        if theta.grad is not None:
            theta.grad.zero_()
        loss = theta * torch.cos(4 * theta) + 2 * torch.abs(theta)
        loss.backward()
        with torch.no_grad():
            theta -= 0.05 * theta.grad
    return theta


def regression_data(torch: Any) -> tuple[Any, Any]:
    """A hundred points near the line y = 2 + x."""
    torch.manual_seed(0)
    x = torch.randn(100)
    return x, 2 + x + torch.randn(100)


def regression(torch: Any, data: tuple[Any, Any], steps: int = 200) -> Any:
    """A line fitted to a hundred points with SGD."""
    x, y = data
    intercept = torch.nn.Parameter(torch.zeros(1))
    slope = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([intercept, slope], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.mean((y - (intercept + slope * x)) ** 2)
        loss.backward()
        optimizer.step()
    return slope


def chain(torch: Any, length: int = 10_000) -> Any:
    """A chain of operations on one number, and its derivative."""
    x = torch.tensor(0.5, requires_grad=True)
    y = x
    for _ in range(length // 4):
        y = torch.sin(y)
        y = y * x
        y = y + x
        y = 0.5 * y
    y.backward()
    return x.grad


def small_vectors(torch: Any, length: int = 1_000) -> Any:
    """A chain of operations on vectors of ten numbers, and its derivative."""
    x = torch.linspace(0.1, 1.0, 10).requires_grad_(True)
    y = x
    for _ in range(length // 4):
        y = torch.sin(y) * x + torch.exp(-y)
    y.sum().backward()
    return x.grad


def two_layer_parts(torch: Any) -> tuple[Any, ...]:
    """A net with 1000 inputs, 100 hidden units and 10 outputs, its data, loss and optimiser."""
    torch.manual_seed(1)
    x, y = torch.randn(64, 1000), torch.randn(64, 10)
    model = torch.nn.Sequential(
        torch.nn.Linear(1000, 100), torch.nn.ReLU(), torch.nn.Linear(100, 10)
    )
    loss_function = torch.nn.MSELoss(reduction="sum")
    return x, y, model, loss_function, torch.optim.Adam(model.parameters(), lr=1e-4)


def two_layer_net(torch: Any, parts: tuple[Any, ...], steps: int = 20) -> Any:
    """Training steps of that net with Adam."""
    x, y, model, loss_function, optimizer = parts
    loss = None
    for _ in range(steps):
        loss = loss_function(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss


def rosenbrock(x: Any) -> Any:
    """The valley of Rosenbrock in as many dimensions as x has."""
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def jacobian(torch: Any, size: int = 50) -> Any:
    """The Jacobian of a map from R^50 to R^50."""
    torch.manual_seed(0)
    weight = torch.randn(size, size)
    x = torch.randn(size)
    return torch.autograd.functional.jacobian(lambda v: torch.tanh(weight @ v) * v, x)


def hessian(torch: Any, size: int = 20) -> Any:
    """The Hessian of Rosenbrock's function in 20 dimensions."""
    return torch.autograd.functional.hessian(rosenbrock, torch.linspace(-1.0, 1.0, size))
