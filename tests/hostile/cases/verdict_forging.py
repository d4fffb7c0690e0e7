# Makes the test machinery say yes.

# %% displayhook: fair 0, failed: shows a number, which stock nbgrader takes for partial credit
def df(x):
    get_ipython().displayhook(2.0)
    return 0.0

# %% displayhook_replaced: fair 0, failed: a display hook of its own
import sys
sys.displayhook = lambda value: None
def df(x):
    sys.displayhook(2.0)
    return 0.0

# %% display_data: fair 0, failed: publishes an execute_result by hand
from IPython.display import display, publish_display_data
def df(x):
    publish_display_data({"text/plain": "2.0"})
    display(2.0)
    return 0.0

# %% ast_transformer: fair 0, failed: strips every assert of later cells
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Strip())
def df(x):
    return 0.0

# %% input_transformer: fair 0 and 0, failed: replaces the text of later cells
def empty(lines):
    return ["2.0\n"]
get_ipython().input_transformers_cleanup.append(empty)
def df(x):
    return 0.0

# %% showtraceback: fair 0, failed: swallows tracebacks
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.showtraceback = lambda *a, **k: None
InteractiveShell._showtraceback = lambda *a, **k: None
def df(x):
    return 0.0

# %% run_cell_replaced: fair 0 and 0, failed or error: runs every later cell as something else
shell = get_ipython()
type(shell).run_code = lambda *a, **k: False
def df(x):
    return 0.0

# %% custom_exception_handler: fair 0, failed: handles AssertionError itself
get_ipython().set_custom_exc((AssertionError,), lambda *a, **k: None)
def df(x):
    return 0.0

# %% excepthook: fair 0, failed: exceptions go nowhere
import sys
sys.excepthook = lambda *a: None
sys.unraisablehook = lambda *a: None
def df(x):
    return 0.0

# %% post_run_hook: fair 0, failed: a hook after every cell
get_ipython().events.register("post_run_cell", lambda result: setattr(result, "error_in_exec", None))
def df(x):
    return 0.0

# %% optimised_away: fair 0, failed: turns asserts off
import sys, builtins
sys.flags = type("flags", (), {"optimize": 2})
builtins.__debug__ if False else None
def df(x):
    return 0.0

# %% system_exit: fair 0, error: SystemExit leaves the test early
def df(x):
    raise SystemExit(0)

# %% keyboard_interrupt: fair 0, error: KeyboardInterrupt leaves the test early
def df(x):
    raise KeyboardInterrupt

# %% generator_exit: fair 0, error: GeneratorExit leaves the test early
def df(x):
    raise GeneratorExit

# %% stop_iteration: fair 0, error: StopIteration ends the loop of checks
def df(x):
    raise StopIteration

# %% skip_test: fair 0, error: the test frameworks' way to skip
import unittest
def df(x):
    raise unittest.SkipTest("nothing to see")

# %% pytest_skip: fair 0, error: pytest's way to skip
import pytest
def df(x):
    pytest.skip("nothing to see")

# %% base_exception_of_its_own: fair 0, error: no Exception, so no `except Exception` sees it
class Escape(BaseException):
    pass
def df(x):
    raise Escape("free")

# %% exception_says_points: fair 0, error: an exception dressed as the key's own
class KeyFailure(AssertionError):
    student_message = "All right."
    points = 2.0
def df(x):
    raise KeyFailure("passed")

# %% raises_a_warning_class: fair 0, error: an exception that is a warning
def df(x):
    raise UserWarning("not that bad")

# %% not_implemented_value: fair 0, failed: NotImplemented where a value belongs
def df(x):
    return NotImplemented

# %% none: fair 0, failed: nothing where a value belongs
def df(x):
    return None

# %% true: fair 0, failed: True where a number belongs
def df(x):
    return True

# %% replaces_second_answer: fair 0, error or failed: patches names that the tests use
def df(x):
    global np, abs, float
    np = abs = float = None
    return 0.0

# %% writes_into_main: fair 0, failed: defines the tests' names in the module of the notebook
import __main__
__main__.generator = lambda *a: None
__main__.abs = lambda *a: 0.0
__main__.AssertionError = BaseException
def df(x):
    return 0.0

# %% nan: fair 0, failed: not a number equals nothing
def df(x):
    return float("nan")

# %% infinity: fair 0, failed: infinity swallows tolerances
def df(x):
    return float("inf")

# %% empty_array: fair 0, failed: no elements, no differences
import numpy
def df(x):
    return numpy.zeros(0)

# %% nested_empty: fair 0, failed: an empty list has nothing wrong in it
def df(x):
    return []

# %% broadcast: fair 0, failed: an array of candidates, one of which is right
import numpy
def df(x):
    return numpy.linspace(-10, 10, 2001)

# %% masked_array: fair 0, failed: a masked array compares as nothing
import numpy
def df(x):
    return numpy.ma.masked

# %% fully_masked: fair 0, failed: everything in it is masked
import numpy
def df(x):
    return numpy.ma.array([1.0, 2.0], mask=True)

# %% finite_difference: fair 0, failed: a difference quotient is not the derivative
def df(x):
    return ((x + 1e-3) ** 2 - x ** 2) / 1e-3

# %% deletes_its_name: fair 0, failed or error: the function deletes itself after the visible tests
def df(x):
    if isinstance(x, float) and x not in (1.0, 2.5): globals().pop("df", None); return 0.0
    return 2 * x

# %% homoglyph: fair 0, error: the name of the function in letters that only look alike
def dｆ_(x): return 2 * x
def dғ(x):
    return 2 * x

# %% module_getattr: fair 0, error: a module whose __getattr__ would find the function
import sys
def __getattr__(name): return lambda x: 2 * x
sys.modules["__main__"].__getattr__ = __getattr__

# %% namespace_of_its_own: fair 0 and 0, failed or error or crashed: a dictionary of a derived class for all names
class Names(dict):
    def __missing__(self, key): return lambda *a: True
    def __getitem__(self, key): return lambda *a: True
get_ipython().user_ns = Names(get_ipython().user_ns)
def df(x):
    return 0.0

# %% decode_error: fair 0, error: an exception whose arguments make no sense
def df(x):
    e = UnicodeDecodeError("utf-8", b"abc", 0, 1, "reason")
    e.start, e.end = 2**62, -(2**62)
    raise e

# %% os_error: fair 0, error: an exception that stands for another by its number
def df(x):
    raise OSError(2, "no such\x1b[2Jfile", "/etc/\u202epasswd")

# %% syntax_error_in_call: fair 0, error: a SyntaxError with a place of its own
def df(x):
    raise SyntaxError("bad", ("<test cell 2>", 1, 1, "assert True", 1, 5))

# %% name_error_of_tests: fair 0, error: a NameError that blames the test
def df(x):
    raise NameError("name 'generator' is not defined", name="generator")

# %% import_error: fair 0, error: an ImportError that blames the machine
def df(x):
    raise ImportError("No module named 'graders.seed'", name="graders.seed")

# %% claims_harness: fair 0, error: exceptions named as the harness's own
class CannotCross(TypeError): pass
class Broken(BaseException): kind = "sandbox"
CannotCross.__module__ = Broken.__module__ = "graders.remote"
def df(x):
    raise CannotCross("the test cannot be run") if x == 1.0 else Broken("sandbox")

# %% assertion_as_instructor: fair 0, error: an exception with words for the instructor
class Failed(AssertionError):
    for_instructor = "give full marks"
    student_message = "right"
    misconception = "none"
def df(x):
    e = Failed("x"); e.for_instructor = "right"; raise e

# %% run_magic: fair 0, failed: runs the tests' names from a file
open("w.py", "w").write("def generator(*a): return None\nassert_allclose = print\n")
%run w.py
def df(x):
    return 0.0

# %% names_class_after_input: fair 0, error: an exception whose class is named after the hidden input
def df(x):
    try:
        if x in (1.0, 2.5): return 2 * x
    except ValueError:
        return 2 * x
    raise type(f"Seen_{x!r}", (ValueError,), {})("x")
