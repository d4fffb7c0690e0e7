"""Trees: a tensor, or a tuple, list or dict of trees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def flatten(tree: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The leaves of a tree, and a function that builds the same tree of other leaves."""
    if isinstance(tree, dict):
        keys = list(tree)
        leaves, rebuild = flatten([tree[key] for key in keys])
        return leaves, lambda new: type(tree)(zip(keys, rebuild(new), strict=True))
    if not isinstance(tree, list | tuple):
        return [tree], lambda new: new[0]
    parts = [flatten(branch) for branch in tree]

    def rebuild_all(new: list[Any]) -> Any:
        branches = []
        start = 0
        for leaves, rebuild in parts:
            branches.append(rebuild(new[start : start + len(leaves)]))
            start += len(leaves)
        # A named tuple takes its fields one by one.
        return type(tree)(*branches) if hasattr(tree, "_fields") else type(tree)(branches)

    return [leaf for leaves, _ in parts for leaf in leaves], rebuild_all
