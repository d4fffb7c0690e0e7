"""The pictures of networks: the border of a classifier, and which of its units are on."""

from collections.abc import Mapping, Sequence

import numpy as np
from figures import BLACK, BLUE, FUNCTION, GREY, ORANGE, WIDTH, Picture
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure

_CLASSES = LinearSegmentedColormap.from_list("classes", ["#F7D9A0", "#FFFFFF", "#A9D0EC"])


def show_borders(
    points: np.ndarray, signs: np.ndarray, nets: Mapping[str, Sequence[np.ndarray]]
) -> Picture:
    """The border of a classifier with one hidden layer of ReLU units, a panel for each net.

    `points` has two columns, `signs` are +1 or -1; a net is its arrays (W1, b1, W2, b2), and
    says + where W2 · relu(W1 x + b1) + b2 is above 0. Grey lines: where a unit switches on.
    """
    figure = Figure(figsize=(WIDTH, 4.4 if len(nets) == 1 else 2.5))
    panels = figure.subplots(1, len(nets), sharey=True, squeeze=False)[0]
    low, high = points.min(axis=0) - 0.3, points.max(axis=0) + 0.3
    across, up = (np.linspace(low[i], high[i], 101) for i in (0, 1))
    grid = np.stack(np.meshgrid(across, up), axis=-1)
    said = []
    for axes, (name, given) in zip(panels, nets.items(), strict=True):
        # Two machines may differ in the sixteenth digit, and that can move a pixel.
        net = [np.round(array, 9) for array in given]
        scores = _scores(grid, net)
        axes.contourf(across, up, scores, [-1e9, 0, 1e9], colors=[_CLASSES(0.0), _CLASSES(1.0)])
        axes.contour(across, up, scores, [0], colors=BLACK, linewidths=1.6)
        # Not drawn: the fingerprint reads images, and contours hold no data.
        axes.imshow(scores, aspect="auto", visible=False)
        for (w1, w2), b in zip(net[0], net[1], strict=True):
            if np.hypot(w1, w2) > 0:
                foot = -b * np.array([w1, w2]) / (w1**2 + w2**2)
                axes.axline(foot, foot + np.array([-w2, w1]), color=GREY, linewidth=0.6)
        for sign, colour, marker in ((1, BLUE, "o"), (-1, ORANGE, "s")):
            axes.plot(*points[signs == sign].T, marker, color=colour, markersize=3)
        axes.set_xlim(low[0], high[0])
        axes.set_ylim(low[1], high[1])
        wrong = int(np.sum((_scores(points, net) > 0) != (signs > 0)))
        axes.set_title(f"{name}\n{wrong} wrong", fontsize=11)
        axes.set_xlabel("x₁")
        said.append(f"{name}, {wrong} of {len(points)} points on the wrong side")
    panels[0].set_ylabel("x₂")
    return Picture(figure, f"The border of a classifier: {'; '.join(said)}.")


def _scores(points: np.ndarray, net: Sequence[np.ndarray]) -> np.ndarray:
    W1, b1, W2, b2 = net
    return (np.maximum(points @ W1.T + b1, 0) @ W2.T + b2)[..., 0]


def show_activity(
    points: np.ndarray, nets: Mapping[str, tuple[np.ndarray, np.ndarray]]
) -> Picture:
    """Which ReLU units (up) are on for which points (across), a panel for each (W1, b1).

    Blue is on. The busiest units stand on top; those at the bottom without any blue are dead.
    """
    figure = Figure(figsize=(WIDTH, 3.0))
    panels = figure.subplots(1, len(nets), sharey=True, squeeze=False)[0]
    look = ListedColormap(["#F2F2F2", FUNCTION])
    said = []
    for axes, (name, (W1, b1)) in zip(panels, nets.items(), strict=True):
        on = (points @ W1.T + b1 > 0).T
        dead = int(np.sum(~on.any(axis=1)))
        on = on[np.argsort(-on.sum(axis=1), kind="stable")]
        axes.imshow(on, aspect="auto", cmap=look, vmin=0, vmax=1, interpolation="nearest")
        axes.set_title(f"{name}: {dead} dead", fontsize=11)
        axes.set_xlabel("points")
        axes.set_yticks([])
        said.append(f"{name}, {dead} of {len(on)} are on for no point")
    panels[0].set_ylabel("hidden units")
    return Picture(figure, f"Which units are on for which points: {'; '.join(said)}.")
