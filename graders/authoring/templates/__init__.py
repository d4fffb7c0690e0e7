"""One small whole assignment of each kind of question, with the key to it.

`question_name`, `question-name` and `problem_set` stand for what `new-question` is told.
"""

BY_HAND = ("written", "plot")  # a person marks these, so they have no key
KINDS = ("number", "formula", "function", "vjp", "class", "loop", *BY_HAND)
