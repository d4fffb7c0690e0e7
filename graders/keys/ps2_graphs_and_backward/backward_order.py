"""backward_order(inputs, output): every node that the output needs, before its own inputs.

Many orders are right. What is compared is therefore not the order but what may be wrong with
it, counted: nodes left out, nodes that come twice, strangers, inputs that come too early.
"""

from graphlib import TopologicalSorter

import numpy as np

from graders.check.values import Problem, as_array
from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception


def reference(inputs, output):
    order, finished = [], set()
    waiting = [(output, False)]
    while waiting:
        node, inputs_are_done = waiting.pop()
        if node in finished:
            continue
        if inputs_are_done:
            finished.add(node)
            order.append(node)
            continue
        waiting.append((node, True))
        waiting += [(source, False) for source in inputs[node]]
    return order[::-1]


def by_counting_users(inputs, output):
    """Kahn's algorithm from the output side."""
    users, waiting = {output: 0}, [output]
    while waiting:
        for source in inputs[waiting.pop()]:
            if source not in users:
                users[source] = 0
                waiting.append(source)
            users[source] += 1
    ready, order = [output], []
    while ready:
        node = ready.pop()
        order.append(node)
        for source in inputs[node]:
            users[source] -= 1
            if users[source] == 0:
                ready.append(source)
    return order


def with_a_pointer_for_each_node(inputs, output):
    order, following, stack = [], {output: 0}, [output]
    while stack:
        node = stack[-1]
        if following[node] < len(inputs[node]):
            source = inputs[node][following[node]]
            following[node] += 1
            if source not in following:
                following[source] = 0
                stack.append(source)
        else:
            order.append(stack.pop())
    return np.array(order[::-1])


def reached(inputs, output):
    needed, waiting = {output}, [output]
    while waiting:
        for source in inputs[waiting.pop()]:
            if source not in needed:
                needed.add(source)
                waiting.append(source)
    return needed


def by_depth(inputs, output):
    """Sorted by the longest way to a leaf, found by raising depths until nothing changes."""
    needed = reached(inputs, output)
    depth = dict.fromkeys(needed, 0)
    changed = [node for node in needed if not inputs[node]]
    users = {node: [] for node in needed}
    for node in needed:
        for source in inputs[node]:
            users[source].append(node)
    while changed:
        node = changed.pop()
        for user in users[node]:
            if depth[user] <= depth[node]:
                depth[user] = depth[node] + 1
                changed.append(user)
    return sorted(needed, key=lambda node: -depth[node])


def by_standard_library(inputs, output):
    needed = reached(inputs, output)
    order = TopologicalSorter({node: inputs[node] for node in sorted(needed)}).static_order()
    return list(order)[::-1]


def inputs_first(inputs, output):
    return reference(inputs, output)[::-1]


def when_first_met(inputs, output):
    order, met, waiting = [], {output}, [output]
    while waiting:
        node = waiting.pop()
        order.append(node)
        for source in inputs[node]:
            if source not in met:
                met.add(source)
                waiting.append(source)
    return order


def level_by_level(inputs, output):
    order, met = [output], {output}
    for node in order:
        for source in inputs[node]:
            if source not in met:
                met.add(source)
                order.append(source)
    return order


def once_for_every_road(inputs, output):
    order, waiting = [], [(output, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
        else:
            waiting.append((node, True))
            waiting += [(source, False) for source in inputs[node]]
    return order[::-1]


def calling_itself(inputs, output):
    order, met = [], set()

    def visit(node):
        if node not in met:
            met.add(node)
            for source in inputs[node]:
                visit(source)
            order.append(node)

    visit(output)
    return order[::-1]


def by_number(inputs, output):
    needed = set(reference(inputs, output))
    return sorted(needed, reverse=True)


def every_node(inputs, output):
    a_node_that_needs_all = list(range(len(inputs)))
    return reference([*inputs, a_node_that_needs_all], len(inputs))[1:]


def without_the_output(inputs, output):
    return reference(inputs, output)[1:]


def mistakes(answer, inputs, output):
    """Four counts, all zero for a right order."""
    order = as_array(answer(inputs, output), "what backward_order returned")
    if order.ndim != 1 or (order.size and order.dtype.kind not in "iu"):
        raise Problem("backward_order should return a list of node numbers")
    order = order.astype(int).tolist()
    needed = reached(inputs, output)
    place = {node: position for position, node in enumerate(order)}
    early = sum(
        place[source] < place[node]
        for node in needed & set(order)
        for source in inputs[node]
        if source in place
    )
    left_out, strangers = len(needed - set(order)), len(set(order) - needed)
    return np.array([left_out, len(order) - len(set(order)), strangers, early])


def shuffled(graph, generator):
    """The same graph under other numbers, so that the numbers say nothing about the order."""
    number = generator.permutation(len(graph)).tolist()
    inputs = [[] for _ in graph]
    for node, sources in enumerate(graph):
        inputs[number[node]] = [number[source] for source in sources]
    return inputs, number[-1]


def random_graph(nodes, unused=0):
    def draw(generator):
        graph = [
            generator.integers(0, max(node, 1), size=min(node, 2)).tolist()
            for node in range(nodes)
        ]
        # A chain through all of them, so that short roads and long ones meet.
        graph = [[*sources, node - 1] if node else [] for node, sources in enumerate(graph)]
        graph[-1:-1] = [[int(generator.integers(0, nodes - 1))] for _ in range(unused)]
        if unused:
            graph[-1] = [nodes - 2]
        return shuffled(graph, generator)

    return draw


def chain(nodes):
    return lambda generator: shuffled([[], *([node] for node in range(nodes - 1))], generator)


def diamonds(count):
    def draw(generator):
        graph = [[]]
        for _ in range(count):
            top = len(graph) - 1
            graph += [[top], [top], [top + 1, top + 2]]
        return shuffled(graph, generator)

    return draw


backward_order = Key(
    name="backward_order",
    reference=reference,
    observe=mistakes,
    discrete=True,
    domain=(
        Region("a short chain", chain(5), 2),
        Region("nodes that are used again", random_graph(9), 5),
        Region("nodes that the output does not need", random_graph(7, unused=3), 3),
        Region("an output that is a leaf", lambda generator: ([[]], 0), 1),
        Region("a ladder of diamonds", diamonds(6), 2),
        Region("a chain of 5,000 nodes", chain(5000), 1),
    ),
    lecture="04_backward",
    misconceptions=(
        Misconception(
            "has the inputs first",
            inputs_first,
            "All the arrows are respected, but from the other end: read the question again.",
        ),
        Misconception(
            "lists a node as soon as it is met, although a user of it may still be waiting",
            when_first_met,
            "Draw a → b → c with a second arrow from a to c, and follow your code on paper. "
            "When may a hand on?",
        ),
        Misconception(
            "goes level by level from the output",
            level_by_level,
            "A node can be near the output by one road and far by another. Which counts?",
        ),
        Misconception(
            "lists a node once for every road that leads to it",
            once_for_every_road,
            "How does your code know that it has been at a node before?",
        ),
        Misconception(
            "calls itself for every node, which Python stops in a deep graph",
            calling_itself,
            "The right idea. Python allows about a thousand calls within calls, so keep a list "
            "of what is still to be done yourself.",
        ),
        Misconception(
            "sorts the nodes by their numbers",
            by_number,
            "The numbers are names here. The lists of inputs say what needs what.",
        ),
        Misconception(
            "lists every node, needed or not",
            every_node,
            "Start at the output, and go only where its arrows lead.",
        ),
        Misconception(
            "leaves out the output itself",
            without_the_output,
            "The walk begins at the output: it belongs on the list.",
        ),
    ),
    alternatives=(
        Alternative("counting users", by_counting_users),
        Alternative("a stack that remembers where it was", with_a_pointer_for_each_node),
        Alternative("sorted by depth", by_depth),
    ),
    oracles=(by_standard_library, by_depth),
)
