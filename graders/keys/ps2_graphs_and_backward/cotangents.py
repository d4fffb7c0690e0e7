"""cotangents(graph): reverse accumulation over a recorded graph.

`graph[i]` lists, for node i, the pairs (j, slope): node i was computed from node j < i with
that local derivative. The last node is the output.
"""

from fractions import Fraction

import numpy as np

from graders.keys.domain import Region
from graders.keys.key import Alternative, Key, Misconception
from graders.keys.rules import BY_HAND


def reference(graph):
    v = np.zeros(len(graph))
    v[-1] = 1.0
    for node in range(len(graph) - 1, 0, -1):
        for source, slope in graph[node]:
            v[source] += v[node] * slope
    return v


def backwards_with_a_dictionary(graph):
    arrived = {len(graph) - 1: 1.0}
    for node in reversed(range(len(graph))):
        for source, slope in graph[node]:
            arrived[source] = arrived.get(source, 0.0) + arrived.get(node, 0.0) * slope
    return [arrived.get(node, 0.0) for node in range(len(graph))]


def gathered_from_users(graph):
    users = [[] for _ in graph]
    for node, links in enumerate(graph):
        for source, slope in links:
            users[source].append((node, slope))
    v = [0.0] * len(graph)
    v[-1] = 1.0
    for node in range(len(graph) - 2, -1, -1):
        v[node] = sum(v[user] * slope for user, slope in users[node])
    return v


def with_a_stack(graph):
    v = np.zeros(len(graph), dtype=np.float64)
    v[-1] = 1
    waiting = list(range(len(graph)))
    while waiting:
        node = waiting.pop()
        for source, slope in graph[node]:
            v[source] = v[source] + slope * v[node]
    return v


def in_fractions(graph):
    """Exact arithmetic, each node asked once for the sum over its users."""
    v = [Fraction(0)] * len(graph)
    v[-1] = Fraction(1)
    for node in range(len(graph) - 1, -1, -1):
        for source, slope in graph[node]:
            v[source] += (v[node] * Fraction(slope)).limit_denominator(10**40)
    return [float(number) for number in v]


def by_iteration(graph):
    """The fixed point of v = e + Aᵀv, found by repeating it, in no order at all."""
    links = [(node, source, slope) for node, row in enumerate(graph) for source, slope in row]
    nodes, sources, slopes = (np.array(column) for column in zip(*links, strict=True))
    seed = np.eye(1, len(graph), len(graph) - 1)[0]
    v = seed
    for _ in graph:
        following = seed + np.bincount(sources, v[nodes] * slopes, minlength=len(graph))
        if np.array_equal(following, v):
            break
        v = following
    return v


def overwriting(graph):
    v = np.zeros(len(graph))
    v[-1] = 1.0
    for node in reversed(range(len(graph))):
        for source, slope in graph[node]:
            v[source] = v[node] * slope
    return v


def forwards(graph):
    v = np.zeros(len(graph))
    v[-1] = 1.0
    for node, links in enumerate(graph):
        for source, slope in links:
            v[source] += v[node] * slope
    return v


def seeds_everywhere(graph):
    v = np.ones(len(graph))
    for node in reversed(range(len(graph))):
        for source, slope in graph[node]:
            v[source] += v[node] * slope
    return v


def slopes_alone(graph):
    v = np.zeros(len(graph))
    v[-1] = 1.0
    for node in reversed(range(len(graph))):
        for source, slope in graph[node]:
            v[source] += slope
    return v


def one_link_for_each_input(graph):
    v = np.zeros(len(graph))
    v[-1] = 1.0
    for node in reversed(range(len(graph))):
        for source, slope in dict(graph[node]).items():
            v[source] += v[node] * slope
    return v


def as_they_are_met(graph):
    v = np.zeros(len(graph))
    v[-1] = 1.0
    waiting, met = [len(graph) - 1], {len(graph) - 1}
    for node in waiting:
        for source, slope in graph[node]:
            v[source] += v[node] * slope
            if source not in met:
                met.add(source)
                waiting.append(source)
    return v


def calling_itself(graph):
    v = np.zeros(len(graph))

    def arrive(node, cotangent):
        v[node] += cotangent
        for source, slope in graph[node]:
            arrive(source, cotangent * slope)

    arrive(len(graph) - 1, 1.0)
    return v


def random_graph(nodes, *, at_least=1, twice=False, unused=False):
    """Every node after the first is computed from one to three earlier ones."""

    def draw(generator):
        graph = [[]]
        for node in range(1, nodes):
            sources = generator.integers(0, node, size=generator.integers(at_least, 4)).tolist()
            if twice:
                sources += sources[:1]
            slopes = generator.uniform(0.5, 1.5, size=len(sources))
            slopes *= generator.choice([-1.0, 1.0], size=len(sources))
            graph.append(list(zip(sources, slopes.tolist(), strict=True)))
        if not unused:  # the output needs the latest nodes, and through them the others
            graph[-1] += [(node, 1.0) for node in range(max(0, nodes - 3), nodes - 1)]
        return (graph,)

    return draw


def chain(nodes):
    def draw(generator):
        slopes = (1 + generator.uniform(-1e-4, 1e-4, size=nodes)).tolist()
        return ([[], *([(node, slopes[node])] for node in range(nodes - 1))],)

    return draw


def diamonds(count):
    """A ladder in which every rung doubles the number of roads."""

    def draw(generator):
        graph = [[]]
        for _ in range(count):
            top = len(graph) - 1
            left, right = generator.uniform(0.3, 0.9, size=2).tolist()
            graph += [[(top, left)], [(top, right)], [(top + 1, -1.5), (top + 2, 0.7)]]
        return (graph,)

    return draw


cotangents = Key(
    name="cotangents",
    reference=reference,
    domain=(
        Region("a short chain", chain(4), 2),
        Region("a graph in which nodes are used again", random_graph(12), 3),
        Region("a node that uses the same input twice", random_graph(6, twice=True), 3),
        Region("nodes that the output does not need", random_graph(8, unused=True), 3),
        Region("a ladder of diamonds", diamonds(8), 1),
        Region("a chain of 5,000 nodes", chain(5000), 1),
    ),
    lecture="04_backward",
    forbidden=BY_HAND,
    rtol=1e-10,
    misconceptions=(
        Misconception(
            "overwrites a cotangent that has already arrived",
            overwriting,
            "A node that is used twice hears from two users. What became of the first number?",
        ),
        Misconception(
            "walks from the first node to the last",
            forwards,
            "When you pass a node's cotangent on, it must be complete. Whose is, at first?",
        ),
        Misconception(
            "starts with 1 at every node",
            seeds_everywhere,
            "Only one node is y itself. How much does y change when another one has no users?",
        ),
        Misconception(
            "passes the local derivative on without the cotangent that arrived",
            slopes_alone,
            "On a chain of three nodes slopes multiply. Where is the product in your code?",
            lecture="02_chain_rule",
        ),
        Misconception(
            "counts an input that a node uses twice only once",
            one_link_for_each_input,
            "In a·a there are two arrows from a. What does a dictionary do with the same key?",
        ),
        Misconception(
            "visits the nodes as it meets them, so that some pass on what is not complete yet",
            as_they_are_met,
            "A node may be met along a short road before the long one has arrived. The numbers "
            "of the nodes tell you a safe order.",
        ),
        Misconception(
            "calls itself for every arrow, which Python stops in a deep graph",
            calling_itself,
            "Right for small graphs. Python allows about a thousand calls within calls: use a "
            "loop, which also visits each node once instead of once for every road.",
        ),
    ),
    alternatives=(
        Alternative("a dictionary of what arrived", backwards_with_a_dictionary),
        Alternative("each node gathers from its users", gathered_from_users),
        Alternative("a stack of nodes", with_a_stack),
    ),
    oracles=(in_fractions, by_iteration),
    equivalent_mutants=frozenset({"line 4: `0` became `-1`"}),  # node 0 has no inputs
)
