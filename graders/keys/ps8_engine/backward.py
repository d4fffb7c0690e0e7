"""backward(output): the gradients of every node, iterative, and right when called again.

A graph is handed over as numbers and built from the student's own class by its constructor,
so that this question does not depend on the operators.
"""

from fractions import Fraction

import numpy as np

from graders.check.values import Problem, as_array
from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.ps8_engine.node import Node

_SEEN = 25  # nodes whose gradients are read, so that a deep graph stays cheap


def observe(answer, graph):
    """The gradients of the first nodes, after one call and after a second one."""
    try:
        make, backward = answer
    except (TypeError, ValueError):
        raise Problem("the test needs both Value and backward") from None
    nodes = []
    for links in graph:
        nodes.append(make(1.5, tuple((nodes[source], slope) for source, slope in links)))
    seen = [*nodes[:_SEEN], nodes[-1]]
    calls = []
    for _ in range(2):
        backward(nodes[-1])
        grads = [as_array(node.grad, "the grad of a Value") for node in seen]
        if any(grad.shape != () for grad in grads):
            raise Problem("the grad of a Value should be one number")
        calls.append(np.array(grads, dtype=float))
    return tuple(calls)


class KeyOfBackward(Key):
    """A key for a function that works on the objects of a class."""

    def present(self, function):
        return Node, function


def reference(output):
    order, waiting, met = [], [(output, False)], set()
    while waiting:
        node, finished = waiting.pop()
        if finished:
            order.append(node)
        elif node not in met:
            met.add(node)
            waiting.append((node, True))
            waiting += [(source, False) for source, _ in node.inputs]
    for node in order:
        if node.inputs:
            node.grad = 0.0
    output.grad += 1.0
    for node in reversed(order):
        for source, slope in node.inputs:
            source.grad += slope * node.grad


def by_counting_users(output):
    users, waiting = {output: 0}, [output]
    while waiting:
        for source, _ in waiting.pop().inputs:
            if source not in users:
                users[source] = 0
                waiting.append(source)
            users[source] += 1
    arrived, ready = dict.fromkeys(users, 0.0), [output]
    arrived[output] = 1.0
    while ready:
        node = ready.pop()
        node.grad = arrived[node] + (0.0 if node.inputs else node.grad)
        for source, slope in node.inputs:
            arrived[source] += slope * arrived[node]
            users[source] -= 1
            if users[source] == 0:
                ready.append(source)


def with_cotangents_apart(output):
    """Cotangents in a dictionary; only at the end do they reach the nodes."""
    order = order_of(output)
    cotangents = dict.fromkeys(order, 0.0)
    cotangents[output] = 1.0
    for node in order[::-1]:
        for source, slope in node.inputs:
            cotangents[source] += cotangents[node] * slope
    for node, cotangent in cotangents.items():
        node.grad = cotangent if len(node.inputs) else node.grad + cotangent


def order_of(output):
    """Inputs first, with a stack of iterators."""
    order, met, stack = [], {output}, [(output, iter(output.inputs))]
    while stack:
        node, links = stack[-1]
        source = next((s for s, _ in links if s not in met), None)
        if source is None:
            order.append(node)
            stack.pop()
        else:
            met.add(source)
            stack.append((source, iter(source.inputs)))
    return order


def gathered(output):
    order = order_of(output)
    users = {node: [] for node in order}
    for node in order:
        for source, slope in node.inputs:
            users[source].append((node, slope))
    fresh = {output: 1.0}
    for node in order[-2::-1]:
        fresh[node] = sum(fresh[user] * slope for user, slope in users[node])
    for node, grad in fresh.items():
        node.grad = grad if node.inputs else node.grad + grad


def by_linear_algebra(output):
    """The cotangents solve (I - Aᵀ) v = e, A the matrix of local derivatives."""
    order = order_of(output)
    place = {node: i for i, node in enumerate(order)}
    by_user = [[] for _ in order]
    for node in order:
        for source, slope in node.inputs:
            by_user[place[source]].append((place[node], slope))
    v = np.zeros(len(order))
    v[-1] = 1.0
    for i in range(len(order) - 2, -1, -1):  # back substitution
        v[i] = sum(v[j] * slope for j, slope in by_user[i])
    for node, grad in zip(order, v, strict=True):
        node.grad = grad if node.inputs else node.grad + grad


def in_fractions(output):
    v = {output: Fraction(1)}
    for node in order_of(output)[::-1]:
        for source, slope in node.inputs:
            v[source] = v.get(source, Fraction(0)) + v[node] * Fraction(slope)
            v[source] = v[source].limit_denominator(10**30)
    for node, grad in v.items():
        node.grad = float(grad) + (0.0 if node.inputs else node.grad)


def walking(
    clear=lambda node: bool(node.inputs), order=order_of, add=True, seed=lambda output: 1.0
):
    """A backward with one thing wrong in it."""

    def backward(output):
        nodes = order(output)
        for node in nodes:
            if clear(node):
                node.grad = 0.0
        output.grad = seed(output)
        for node in reversed(nodes):
            for source, slope in node.inputs:
                source.grad = (source.grad if add else 0.0) + slope * node.grad

    return backward


def calling_itself(output):
    order, met = [], set()

    def visit(node):
        if node not in met:
            met.add(node)
            for source, _ in node.inputs:
                visit(source)
            order.append(node)

    visit(output)
    walking(order=lambda _: order)(output)


def as_met(output):
    order, met = [output], {output}
    for node in order:
        for source, _ in node.inputs:
            if source not in met:
                met.add(source)
                order.append(source)
    return order[::-1]


def slopes_alone(output):
    nodes = order_of(output)
    for node in nodes:
        if node.inputs:
            node.grad = 0.0
    output.grad = 1.0
    for node in reversed(nodes):
        for source, slope in node.inputs:
            source.grad += slope


def random_graph(nodes, leaves):
    """Every node after the leaves has two inputs, one of them the node before."""

    def draw(generator):
        graph = [[] for _ in range(leaves)]
        for node in range(leaves, nodes):
            sources = [node - 1, int(generator.integers(0, max(node - 1, 1)))]
            slopes = generator.uniform(0.5, 1.5, 2) * generator.choice([-1, 1], 2)
            graph.append([(s, float(v)) for s, v in zip(sources, slopes, strict=True)])
        for leaf in range(leaves - 1):  # no leaf is left unused
            graph[-1].append((leaf, float(generator.uniform(0.5, 1.5))))
        return (graph,)

    return draw


def twice(generator):
    first, second, third = (float(v) for v in generator.uniform(0.5, 1.5, 3))
    return ([[], [(0, first), (0, second)], [(1, third), (1, third), (0, second)]],)


def chain(nodes):
    def draw(generator):
        slopes = generator.choice([-1.0, 1.0], nodes) * generator.uniform(0.99, 1.01, nodes)
        return ([[], *([(node, float(slopes[node]))] for node in range(nodes - 1))],)

    return draw


backward = KeyOfBackward(
    name="backward",
    reference=reference,
    observe=observe,
    parts=("the gradients after one call", "the gradients after two calls"),
    domain=(
        Region("nodes that are used again", random_graph(9, 2), 4),
        Region("an input that is used twice at once", twice, 2),
        Region("a chain", chain(4), 1),
        Region("a leaf alone", lambda generator: ([[]],), 1),
        Region("a chain of 1,500 nodes", chain(1500), 1),
    ),
    lecture="13_engine",
    rtol=1e-9,
    misconceptions=(
        Misconception(
            "overwrites a gradient where it should add",
            walking(add=False),
            "A node that is used twice receives two cotangents.",
            lecture="04_backward",
        ),
        Misconception(
            "keeps the gradients of inner nodes from the first call",
            walking(clear=lambda node: False),
            "The first call is right. At the second, what lies in an inner node already? It is "
            "passed on once more. Only leaves accumulate.",
        ),
        Misconception(
            "keeps every gradient from the first call, the output's too",
            walking(clear=lambda node: False, seed=lambda output: output.grad + 1.0),
            "The first call is right. At the second, what lies in the output and the inner "
            "nodes already? It is passed on once more. Only leaves accumulate.",
        ),
        Misconception(
            "clears the leaves as well, so that nothing accumulates over two calls",
            walking(clear=lambda node: True),
            "As in PyTorch, a leaf adds up until someone clears it. Inner nodes begin anew.",
            lecture="04_backward",
        ),
        Misconception(
            "passes on before everything has arrived",
            walking(order=as_met),
            "A node may be near the output by one road and far by another. When is it safe?",
        ),
        Misconception(
            "calls itself for every node, which Python stops in a deep graph",
            calling_itself,
            "The right idea. Python allows about a thousand calls within calls: keep a list of "
            "what is still to be done yourself.",
        ),
        Misconception(
            "begins with the output's value instead of 1",
            walking(seed=lambda output: output.data),
            "How fast does the output move when the output moves? That does not depend on how "
            "large it is.",
        ),
        Misconception(
            "passes local derivatives on without the cotangent that arrived",
            slopes_alone,
            "Along a road slopes multiply. Where is node.grad in your product?",
            lecture="02_chain_rule",
        ),
    ),
    alternatives=(
        Alternative("counting users", by_counting_users),
        Alternative("cotangents in a dictionary", with_cotangents_apart),
        Alternative("each node gathers from its users", gathered),
    ),
    oracles=(by_linear_algebra, in_fractions),
)
