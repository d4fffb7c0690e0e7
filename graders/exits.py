"""How a command ends, as numbers for scripts."""

OK = 0
LOOK = 1  # done, and something needs a person's look
USAGE = 2  # could not be done as asked
INTERRUPTED = 130
