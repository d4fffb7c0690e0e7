"""The keys: what the right answers are, where to look, and the well-known mistakes.

Private: nothing of this package goes to students. An assignment is a package, a question is a
file in it, and that file holds one `Key`:

    reference       the analytic answer in plain NumPy, independent of minigrad
    domain          where it is probed: regions with a name a student may read
    misconceptions  well-known wrong answers, each with its name, a hint and the lecture to read
    alternatives    right answers in other styles, none of which may fail
    oracles         other roads to the same numbers, which hold the reference itself to account

A hidden test is two lines, in stock nbgrader as under this harness:

    from graders.keys import ps1_derivatives as key
    key.slope_of_cubic.test(slope_of_cubic)

`python -m graders.keys.mutants` breaks every reference in every small way and says which broken
ones pass; tests/graders/test_keys.py holds every key to the same promises.
"""
