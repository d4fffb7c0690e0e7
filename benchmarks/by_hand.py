"""The same loops in plain NumPy, the gradient worked out on paper: what is left to gain."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def regression(data: tuple[Array, Array], steps: int = 200) -> Array:
    """A line fitted to a hundred points."""
    x, y = data
    intercept, slope = np.zeros(1, np.float32), np.zeros(1, np.float32)
    for _ in range(steps):
        residual = y - (intercept + slope * x)
        np.mean(residual**2)
        cotangent = -2.0 / len(x) * residual
        intercept -= 0.1 * cotangent.sum()
        slope -= 0.1 * (cotangent * x).sum()
    return slope


def two_layer_parts(minigrad: Any) -> dict[str, Any]:
    """The same net and data as arrays, and Adam's two means of each parameter."""
    from benchmarks import loops

    x, y, model, _, _ = loops.two_layer_parts(minigrad)
    parameters = [p.detach().numpy().copy() for p in model.parameters()]
    return {
        "x": x.numpy(),
        "y": y.numpy(),
        "parameters": parameters,
        "mean": [np.zeros_like(p) for p in parameters],
        "square": [np.zeros_like(p) for p in parameters],
        "step": 0,
    }


def two_layer_net(parts: dict[str, Any], steps: int = 20) -> float:
    """Training steps with Adam, as one writes them down from the paper."""
    x, y = parts["x"], parts["y"]
    weight1, bias1, weight2, bias2 = parts["parameters"]
    loss = 0.0
    for _ in range(steps):
        hidden = x @ weight1.T + bias1
        active = np.maximum(hidden, 0)
        output = active @ weight2.T + bias2
        residual = output - y
        loss = float((residual**2).sum())
        g = 2 * residual
        g_weight2, g_bias2 = g.T @ active, g.sum(0)
        g_hidden = (g @ weight2) * (hidden > 0)
        g_weight1, g_bias1 = g_hidden.T @ x, g_hidden.sum(0)
        parts["step"] += 1
        t = parts["step"]
        for p, g, m, v in zip(
            parts["parameters"],
            (g_weight1, g_bias1, g_weight2, g_bias2),
            parts["mean"],
            parts["square"],
            strict=True,
        ):
            m[...] = 0.9 * m + 0.1 * g
            v[...] = 0.999 * v + 0.001 * g * g
            p -= 1e-4 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return loss
