"""A walk through a graph in words: what the player says, shows and asks at each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from .formula import operand
from .quiz import Mistakes, mistakes_of_product, mistakes_of_sum, numbers_to_ask
from .text import array_text
from .walk import Box, Computed, Freed, Sent, Started, Walk

LONGEST_SUM = 26
LONGEST_LABEL = 16


@dataclass
class Step:
    """One thing that happens.

    Attributes:
        phase: "start", "forward", "backward" or "end".
        text: what happens, in a sentence or two of simple HTML.
        box: the box that it is about, or None.
        arrow: the arrow along which something flows, or None.
        sets: "value", "cotangent", "freed" or "": what changes at the box.
        shown: the text that then stands there.
        local: the local derivative, to be written at the arrow.
        question: what the reader is asked before the step.
        answer: the numbers they should type; None if there is nothing to ask.
        hint: what to say to an answer that is wrong in no known way.
        mistakes: wrong answers, and what is probably behind them.
    """

    phase: str
    text: str
    box: int | None = None
    arrow: int | None = None
    sets: str = ""
    shown: str = ""
    local: str = ""
    question: str = ""
    answer: list[float] | None = None
    hint: str = ""
    mistakes: Mistakes = field(default_factory=list)


def tell(walk: Walk) -> list[Step]:
    """All steps of a walk, from the bare graph to the gradients."""
    steps = [_bare(walk)]
    for event in walk.events:
        if isinstance(event, Computed):
            steps.append(_computed(walk.boxes[event.box], event))
        elif isinstance(event, Started):
            steps.append(_started(walk, event))
        elif isinstance(event, Freed):
            steps.append(_freed(walk.boxes[event.box], event))
        else:
            steps.append(_sent(walk, event))
            if event.before is not None:
                steps.append(_added(walk, event))
    return [*steps, _done(walk)]


def symbol(walk: Walk, box: Box) -> str:
    """The derivative of the output with respect to a box, as ∂y/∂x."""
    return f"∂{walk.boxes[walk.output].name}/∂{box.name}"


def _bare(walk: Walk) -> Step:
    leaves = [box.name for box in walk.boxes if box.kind == "leaf"]
    end, each = escape(walk.boxes[walk.output].name), "it" if len(leaves) == 1 else "each"
    return Step(
        "start",
        f"The graph of <b>{end}</b>. The forward pass computes it from {_listed(leaves)}; "
        f"the backward pass finds how {end} changes with {each}.",
    )


def _computed(box: Box, event: Computed) -> Step:
    unknown = "several results" if box.several else "not kept"
    shown = unknown if box.value is None else array_text(box.value)
    parts = [box.name, box.expression]
    if box.value is not None:
        parts += [box.with_numbers] if box.with_numbers != box.expression else []
        parts += [shown]
    text = f"{_bold(' = '.join(part for part in parts if part))}."
    if box.several:
        text += " It has several results."
    elif box.value is None:
        text += " Its value was not kept, because no derivative needs it."
    if box.keeps:
        text += f" It keeps {_listed(box.keeps)}: the derivative will need it."
    return Step(
        "forward",
        text,
        box=event.box,
        sets="value",
        shown=shown,
        question=f"What is {box.name} = {box.expression}?",
        answer=numbers_to_ask(box.value),
        hint=f"Not yet. Put the numbers from the drawing into {box.expression}.",
    )


def _started(walk: Walk, event: Started) -> Step:
    box = walk.boxes[event.box]
    name, what = escape(box.name), array_text(event.cotangent)
    if what == "1":
        what += f", because ∂{name}/∂{name} = 1"
    return Step(
        "backward",
        f"The way back starts at <b>{name}</b> with the cotangent {what}.",
        box=event.box,
        sets="cotangent",
        shown=f"{symbol(walk, box)} = {array_text(event.cotangent)}",
        question=f"With which cotangent does the way back start at {box.name}?",
        answer=numbers_to_ask(event.cotangent),
        hint=f"Not yet. How does {box.name} change when {box.name} changes?",
    )


def _sent(walk: Walk, event: Sent) -> Step:
    arrow = walk.arrows[event.arrow]
    here, there = walk.boxes[arrow.head], walk.boxes[arrow.tail]
    share, local = array_text(event.share), event.local
    derivative = f"∂{here.name}/∂{there.name}{arrow.place}"
    what = "in several parts" if local is None else array_text(event.cotangent)
    arrives = f"The cotangent at {escape(here.name)} is {what}"
    if local is None:
        text = f"{arrives}. Together they give {_bold(there.name)} its share: {_bold(share)}."
    elif local.number is not None:
        product = f"{operand(event.cotangent)} · {operand(local.number)} = {share}"
        text = (
            f"{arrives}; the local derivative {escape(derivative)} is {local.text}. "
            f"So {_bold(there.name)} receives {_bold(product)}."
        )
    else:
        clause = escape(local.words.format(derivative))
        text = f"{arrives}; {clause}. So {_bold(there.name)} receives {_bold(share)}."
    if event.before is None:
        shown = f"{symbol(walk, there)} = {share}"
    else:
        both = f"{array_text(event.before)} + {operand(event.share)}"
        shown = both if len(both) <= LONGEST_SUM else ""
    label = "" if local is None else local.text
    return Step(
        "backward",
        text,
        box=arrow.tail,
        arrow=event.arrow,
        sets="cotangent" if shown else "",
        shown=shown,
        local=label if len(label) <= LONGEST_LABEL else "J",
        question=f"What does {here.name} send to {there.name}{arrow.place}?",
        answer=numbers_to_ask(event.share),
        hint=f"Not yet. Multiply the cotangent at {here.name} by {derivative}.",
        mistakes=mistakes_of_product(event.cotangent, local, event.share),
    )


def _added(walk: Walk, event: Sent) -> Step:
    target = walk.arrows[event.arrow].tail
    there = walk.boxes[target]
    total = array_text(event.total)
    both = f"{operand(event.before)} + {operand(event.share)} = {total}"
    return Step(
        "backward",
        f"{_bold(there.name)} is used more than once, so what arrives is added: {_bold(both)}.",
        box=target,
        arrow=event.arrow,
        sets="cotangent",
        shown=f"{symbol(walk, there)} = {total}",
        question=f"Something had arrived at {there.name} before. "
        f"What is {symbol(walk, there)} with both together?",
        answer=numbers_to_ask(event.total),
        hint="Not yet. Add up what has arrived along the two paths.",
        mistakes=mistakes_of_sum(event.before, event.share, event.total),
    )


def _freed(box: Box, event: Freed) -> Step:
    return Step(
        "backward",
        f"{_bold(box.name)} has handed everything on; what it kept ({_listed(box.keeps)}) is "
        "freed.",
        box=event.box,
        sets="freed",
    )


def _done(walk: Walk) -> Step:
    found = [
        _bold(f"{symbol(walk, walk.boxes[i])} = {array_text(gradient)}")
        for i, gradient in walk.gradients.items()
    ]
    whose = (
        "The leaf has its gradient" if len(found) == 1 else "The leaves have their gradients"
    )
    return Step("end", f"{whose}, in .grad: {', '.join(found)}.")


def _bold(text: str) -> str:
    return f"<b>{escape(text)}</b>"


def _listed(names: Sequence[str]) -> str:
    """Names in a sentence: x, w and b."""
    *first, last = [_bold(name) for name in names]
    return f"{', '.join(first)} and {last}" if first else last
