"""no_grad and record: a context in which results forget what they were computed from."""

import numpy as np

from graders.check.values import Problem, as_array
from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps8_engine.node import Node


def observe(answer, data, slope):
    """How many inputs are recorded at each stage of a program, and the data recorded."""
    try:
        no_grad, record = answer
    except (TypeError, ValueError):
        raise Problem("the test needs both no_grad and record") from None
    if not (callable(no_grad) and callable(record)):
        raise Problem("no_grad should be a class and record a function")
    leaf, numbers = record(1.0, ()), []

    def recorded():
        node = record(data, ((leaf, slope),))
        if not hasattr(node, "inputs"):
            raise Problem("record should return a Value")
        numbers.append(float(as_array(node.data, "the data of a Value")))
        return len(list(node.inputs))

    counts = [recorded()]
    with no_grad():
        counts.append(recorded())
        with no_grad():
            counts.append(recorded())
        counts.append(recorded())
    counts.append(recorded())
    passed = 0
    try:
        with no_grad():
            raise _Interrupt("raised within no_grad by the test")
    except _Interrupt:
        passed = 1
    counts += [passed, recorded()]
    with no_grad():
        counts.append(recorded())
    counts.append(recorded())
    return np.array(counts), np.array(numbers)


_Interrupt = LookupError  # a built-in, so that it crosses from process to process


class KeyOfPair(Key):
    """A key whose functions make the class and the function that are asked."""

    def present(self, function):
        return function()


def reference():
    class no_grad:
        depth = 0

        def __enter__(self):
            no_grad.depth += 1
            return self

        def __exit__(self, *error):
            no_grad.depth -= 1

    def record(data, inputs):
        recording = no_grad.depth == 0
        return Node(data, inputs if recording else ())

    return no_grad, record


def with_the_state_before():
    class no_grad:
        recording = True

        def __enter__(self):
            self.before = no_grad.recording
            no_grad.recording = False

        def __exit__(self, kind, error, traceback):
            no_grad.recording = self.before
            return False

    return no_grad, lambda data, inputs: Node(data, inputs) if no_grad.recording else Node(data)


def with_contextlib():
    from contextlib import contextmanager

    state = {"recording": True}

    @contextmanager
    def no_grad():
        before, state["recording"] = state["recording"], False
        try:
            yield
        finally:
            state["recording"] = before

    def record(data, inputs):
        return Node(data, [*inputs] if state["recording"] else [])

    return no_grad, record


def with_a_stack():
    open_blocks = []

    class no_grad:
        def __enter__(self):
            open_blocks.append(self)

        def __exit__(self, *error):
            open_blocks.remove(self)

    def record(data, inputs):
        node = Node(data)
        if not open_blocks:
            node.inputs = inputs
        return node

    return no_grad, record


def by_exit_stack():
    """An oracle in which a block is a token in a set of the standard library's making."""
    from contextlib import AbstractContextManager, ExitStack

    tokens = set()

    class no_grad(AbstractContextManager):
        def __enter__(self):
            self.stack = ExitStack()
            token = object()
            tokens.add(token)
            self.stack.callback(tokens.discard, token)

        def __exit__(self, *error):
            self.stack.close()

    return no_grad, lambda data, inputs: Node(data, () if len(tokens) else inputs)


def by_context_variable():
    """An oracle on contextvars, whose reset is exact by construction."""
    from contextvars import ContextVar

    recording = ContextVar("recording", default=True)

    class no_grad:
        def __enter__(self):
            self.token = recording.set(False)

        def __exit__(self, *error):
            recording.reset(self.token)

    return no_grad, lambda data, inputs: Node(data, inputs if recording.get() else ())


def switching(on_exit=None, *, swallow=False, start=True, inside=False):
    """A switch that is put back wrongly, or not at all."""

    def made():
        class no_grad:
            recording = start

            def __enter__(self):
                self.before = no_grad.recording
                no_grad.recording = inside

            def __exit__(self, kind, error, traceback):
                no_grad.recording = on_exit(self, kind) if on_exit else self.before
                return swallow

        def record(data, inputs):
            return Node(data, inputs if no_grad.recording else ())

        return no_grad, record

    return made


def on_the_object():
    class no_grad:
        recording = True

        def __enter__(self):
            self.recording = False

        def __exit__(self, *error):
            self.recording = True

    return no_grad, lambda data, inputs: Node(data, inputs if no_grad.recording else ())


def forgetting_the_data():
    no_grad, record = with_the_state_before()
    return (
        no_grad,
        lambda data, inputs: record(data, inputs) if no_grad.recording else Node(0.0),
    )


no_grad = KeyOfPair(
    name="no_grad",
    reference=reference,
    observe=observe,
    discrete=True,
    parts=("what is recorded", "the data"),
    domain=(
        Region(
            "blocks, one within another, and one that is left by an error",
            lambda g: (float(g.uniform(1, 2)), float(g.uniform(1, 2))),
            2,
        ),
    ),
    lecture="13_engine",
    misconceptions=(
        Misconception(
            "begins to record again when an inner block ends, though the outer one is open",
            switching(lambda block, kind: True),
            "On leaving, go back to what was before, which need not be True.",
        ),
        Misconception(
            "never records again",
            switching(lambda block, kind: False),
            "What has to happen in __exit__?",
        ),
        Misconception(
            "stays switched off after an error",
            switching(lambda block, kind: False if kind else block.before),
            "An error inside the block must not leave the switch as it is. What does `finally` "
            "do?",
        ),
        Misconception(
            "swallows errors",
            switching(swallow=True),
            "If __exit__ returns something true, Python takes the error for dealt with.",
        ),
        Misconception(
            "keeps the switch on the object, where record cannot see it",
            on_the_object,
            "self.recording belongs to one block. record asks the class.",
        ),
        Misconception(
            "works the wrong way round: it records inside the block only",
            switching(start=False, inside=True),
            "Read the condition aloud.",
        ),
        Misconception(
            "forgets the number as well as the inputs",
            forgetting_the_data,
            "Without a record the result is still the result.",
        ),
    ),
    alternatives=(
        Alternative("the state before", with_the_state_before),
        Alternative("contextlib", with_contextlib),
        Alternative("a stack of open blocks", with_a_stack),
    ),
    oracles=(by_exit_stack, by_context_variable),
)
