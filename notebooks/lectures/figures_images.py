"""The pictures of lecture 11: small grey images, and slopes by pixel."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from figures import WIDTH, Picture
from matplotlib.figure import Figure


def show_images(images: Mapping[str, Any], slopes: Mapping[str, Any] = {}) -> Picture:
    """Square images side by side, then maps of slopes, each under its name.

    `images` maps a name to a square number of values from 0 (black) to 1 (white). `slopes` are
    drawn blue where positive and red where negative, the stronger the larger, each map to its
    own scale.
    """
    count = len(images) + len(slopes)
    figure = Figure(figsize=(WIDTH, WIDTH / max(count, 3) + 0.7))
    panels = figure.subplots(1, count, squeeze=False)[0]
    said = []
    for axes, (name, given) in zip(panels, [*images.items(), *slopes.items()], strict=True):
        table = np.asarray(given, dtype=float)
        side = int(np.sqrt(table.size))
        table = table.reshape(side, side)
        # Few shades, because a picture is stored with 64 colours: no pixel gets a foreign one.
        if name in images:
            axes.imshow(np.round(20 * table) / 20, cmap="gray", vmin=0, vmax=1)
            said.append(f"{name}: an image of mean {table.mean():.2f}")
        else:
            largest = np.abs(table).max() or 1.0
            axes.imshow(np.round(10 * table / largest) / 10 + 0.0, cmap="RdBu", vmin=-1, vmax=1)
            said.append(f"{name}: slopes from {table.min():.2g} to {table.max():.2g}")
        axes.set_title(name, fontsize=11)
        axes.set_xlabel("column of pixels", fontsize=9)
        axes.set_xticks([0, side - 1])
        axes.set_yticks([0, side - 1])
    panels[0].set_ylabel("row of pixels", fontsize=9)
    return Picture(figure, f"{count} panels of {side} by {side} pixels. {'; '.join(said)}.")
