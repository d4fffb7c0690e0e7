"""Every error message, in two voices.

The first voice is PyTorch's sentence, letter for letter, so that what a student reads here they
will recognise there, and find when they search for it. The second is a note under it (PEP 678,
tracebacks print it): what happened in these very lines, with names and shapes, and the smallest
change that mends it. `str(error)` is the first voice alone.

A function makes one error; whoever finds the mistake raises it, as `raise errors.no_graph()`.
They lie in one file a subject, and all of them are names of this package.
"""

# ruff: noqa: F403  (all names of these files are meant to be used from here)
from .files import *
from .graph import *
from .networks import *
from .randomness import *
from .shapes import *
from .training import *
from .values import *
from .voices import *
from .windows import *
