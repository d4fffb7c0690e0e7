"""Placing the boxes of a small directed graph in layers, so that all arrows point one way.

The method is Sugiyama's: give each box a layer, let long arrows pass the layers between,
order each layer by the middle of its neighbours until arrows cross less often, then move the
boxes towards their neighbours as far as the gaps allow. Good for the few dozen boxes of a
lesson; larger graphs are Graphviz's business. Equal input gives equal output, digit for digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
Edge = tuple[int, int]

SWEEPS = 12


@dataclass(frozen=True)
class Layout:
    """Where everything is: centres by box, and the points each arrow passes, in input order."""

    width: float
    height: float
    centres: list[Point]
    routes: list[list[Point]]


def lay_out(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[Edge],
    *,
    gap: float = 18.0,
    layer_gap: float = 34.0,
    sideways: bool = False,
) -> Layout:
    """Place boxes in layers.

    Args:
        sizes: width and height of each box, in pixels.
        edges: pairs of positions in `sizes`, from tail to head. One that closes a cycle is laid
            against the stream; one from a box to itself gets no route.
        gap: free space between neighbours in a layer.
        layer_gap: free space between layers.
        sideways: arrows point right, not down.
    """
    across = [size[1] if sideways else size[0] for size in sizes]
    along = [size[0] if sideways else size[1] for size in sizes]
    against = _closing_cycles(len(sizes), edges)
    forward = [
        (head, tail) if i in against else (tail, head) for i, (tail, head) in enumerate(edges)
    ]
    layer = _layers(len(sizes), [edge for edge in forward if edge[0] != edge[1]])
    chains = _through_layers(layer, forward)
    across += [2.0] * (len(layer) - len(sizes))
    along += [0.0] * (len(layer) - len(sizes))
    links = [link for chain in chains for link in pairwise(chain)]
    rows = _ordered_rows(layer, links)
    place = _places(rows, links, across, gap)

    borders: list[tuple[float, float]] = []
    start = 0.0
    for row in rows:
        thick = max((along[box] for box in row), default=0.0)
        borders.append((start, start + thick))
        start += thick + layer_gap
    left = min((place[box] - across[box] / 2 for box in range(len(layer))), default=0.0)
    right = max((place[box] + across[box] / 2 for box in range(len(layer))), default=0.0)
    length, breadth = max(start - layer_gap, 0.0), right - left

    def points(box: int) -> list[Point]:
        """The centre of a box; of an arrow passing through, where it enters and leaves."""
        above, below = borders[layer[box]]
        stops = [(above + below) / 2] if box < len(sizes) else [above, below]
        sideway = place[box] - left
        return [(stop, sideway) if sideways else (sideway, stop) for stop in stops]

    routes = [[point for box in chain for point in points(box)] for chain in chains]
    for i in against:
        routes[i].reverse()
    return Layout(
        width=length if sideways else breadth,
        height=breadth if sideways else length,
        centres=[points(box)[0] for box in range(len(sizes))],
        routes=routes,
    )


def _closing_cycles(count: int, edges: Sequence[Edge]) -> set[int]:
    """Positions of the edges that lead back to a box on the way from the start of a search."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    for i, (tail, _) in enumerate(edges):
        leaving[tail].append(i)
    closing: set[int] = set()
    state = [0] * count  # 0 not seen, 1 on the way, 2 left behind
    for start in range(count):
        way = [(start, iter(leaving[start]))] if state[start] == 0 else []
        state[start] = state[start] or 1
        while way:
            box, rest = way[-1]
            for i in rest:
                head = edges[i][1]
                if state[head] == 1:
                    closing.add(i)
                elif state[head] == 0:
                    state[head] = 1
                    way.append((head, iter(leaving[head])))
                    break
            else:
                state[box] = 2
                way.pop()
    return closing


def _layers(count: int, edges: Sequence[Edge]) -> list[int]:
    """For each box the longest way to it, then as late as its followers let it be."""
    before, after = _neighbours(count, edges)
    layer = [0] * count
    missing = [len(tails) for tails in before]
    order = [box for box in range(count) if missing[box] == 0]
    for box in order:
        for head in after[box]:
            layer[head] = max(layer[head], layer[box] + 1)
            missing[head] -= 1
            if missing[head] == 0:
                order.append(head)
    for box in reversed(order):
        # Later is better only where it does not lengthen more arrows than it shortens.
        if after[box] and len(before[box]) <= len(after[box]):
            layer[box] = min(layer[head] for head in after[box]) - 1
    lowest = min(layer, default=0)
    return [number - lowest for number in layer]


def _through_layers(layer: list[int], edges: Sequence[Edge]) -> list[list[int]]:
    """Each edge as a chain with a box in every layer; appends those in between to `layer`."""
    chains: list[list[int]] = []
    for tail, head in edges:
        if tail == head:
            chains.append([])
            continue
        chain = [tail]
        for number in range(layer[tail] + 1, layer[head]):
            chain.append(len(layer))
            layer.append(number)
        chains.append([*chain, head])
    return chains


def _ordered_rows(layer: Sequence[int], links: Sequence[Edge]) -> list[list[int]]:
    before, after = _neighbours(len(layer), links)
    rows: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for box, number in enumerate(layer):
        rows[number].append(box)
    best, fewest = [list(row) for row in rows], _crossings(rows, after)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        neighbours = before if downwards else after
        position = {box: i for row in rows for i, box in enumerate(row)}
        for row in rows if downwards else reversed(rows):
            wish = {
                box: _mean([position[other] for other in neighbours[box]], position[box])
                for box in row
            }
            row.sort(key=wish.__getitem__)
            position.update({box: i for i, box in enumerate(row)})
        crossings = _crossings(rows, after)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _places(
    rows: Sequence[Sequence[int]], links: Sequence[Edge], across: Sequence[float], gap: float
) -> list[float]:
    before, after = _neighbours(len(across), links)
    place = [0.0] * len(across)
    for row in rows:
        reach = 0.0
        for box in row:
            place[box] = reach + across[box] / 2
            reach += across[box] + gap
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        neighbours = before if downwards else after
        for row in rows if downwards else reversed(rows):
            wishes = [
                _mean([place[other] for other in neighbours[box]], place[box]) for box in row
            ]
            for box, found in zip(row, _spread(row, wishes, across, gap), strict=True):
                place[box] = found
    return [round(value, 2) for value in place]


def _spread(
    row: Sequence[int], wishes: Sequence[float], across: Sequence[float], gap: float
) -> list[float]:
    """The places nearest to the wishes (least squares) that keep order and gaps."""
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (across[left] + across[right]) / 2 + gap)
    # With the offsets taken off, "keeps its distance" reads "does not decrease": neighbours
    # that violate it are pooled at their mean.
    blocks: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=True):
        mean, size = wish - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, count = blocks.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        blocks.append((mean, size))
    level = [mean for mean, size in blocks for _ in range(size)]
    return [value + offset for value, offset in zip(level, offsets, strict=True)]


def _neighbours(count: int, links: Sequence[Edge]) -> tuple[list[list[int]], list[list[int]]]:
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for tail, head in links:
        after[tail].append(head)
        before[head].append(tail)
    return before, after


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(rows: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> int:
    position = {box: i for row in rows for i, box in enumerate(row)}
    total = 0
    for row in rows:
        ends = [(position[box], position[head]) for box in row for head in after[box]]
        total += sum(
            (a[0] - b[0]) * (a[1] - b[1]) < 0 for i, a in enumerate(ends) for b in ends[:i]
        )
    return total
