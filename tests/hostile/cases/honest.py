# Answers that earn their marks, whatever else they do.

# %% plain: fair 2, passed: the answer itself
def df(x):
    return 2 * x

# %% with_warnings: fair 2, passed: a warning on stderr is no error
import warnings, sys
def df(x):
    warnings.warn("careful")
    print("to stderr", file=sys.stderr)
    return 2 * x

# %% prints_a_lot: fair 2, passed: fifty megabytes of output are cut, not graded
print("x" * 50_000_000)
def df(x):
    print("y" * 1_000_000)
    return 2 * x

# %% float_subclass: fair 2, passed: a number of a derived class is a number
class Length(float):
    pass
def df(x):
    return Length(2 * x) if isinstance(x, float) else 2 * x

# %% numpy_scalar: fair 2, passed: a NumPy scalar is a number
import numpy
def df(x):
    return numpy.float64(2) * x

# %% zero_dimensional: fair 2, passed: a 0-d array is a number
import numpy
def df(x):
    return numpy.asarray(2.0 * x)

# %% own_class_inside: fair 2, passed: what an answer uses inside is its own business
class Dual:
    def __init__(self, a, b): self.a, self.b = a, b
    def __mul__(self, o): return Dual(self.a * o.a, self.a * o.b + self.b * o.a)
def df(x):
    d = Dual(x, 1.0)
    return (d * d).b

# %% lambda_answer: fair 2, passed: a lambda is a function
df = lambda x: x + x

# %% callable_object: fair 2, passed: an object that can be called is a function
class Derivative:
    def __call__(self, x):
        return 2 * x
df = Derivative()

# %% leaves_a_thread: fair 2, passed: a thread that goes on disturbs nobody
import threading, time
def forever():
    while True:
        time.sleep(0.001)
threading.Thread(target=forever, daemon=False).start()
def df(x):
    return 2 * x

# %% leaves_a_child: fair 2, passed: a child process that goes on is ended with the rest
import os, time
if os.fork() == 0:
    time.sleep(1000)
    os._exit(0)
def df(x):
    return 2 * x

# %% rebinds_builtins_for_itself: fair 2, passed: bad style costs no marks
list = [1, 2]
sum = 3
def df(x):
    return 2 * x

# %% figure: fair 2, passed: a figure is shown, not graded
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.show()
def df(x):
    return 2 * x

# %% recursion_limit: fair 2, passed: a raised recursion limit is no crime
import sys
sys.setrecursionlimit(10**9)
def df(x):
    return 2 * x

# %% magics: fair 2, passed: IPython's own syntax works
%matplotlib inline
%config InlineBackend.figure_format = 'svg'
%load_ext autoreload
get_ipython().run_line_magic('pwd', '')
def df(x):
    return 2 * x

# %% closes_stdout: fair 2, passed: without a standard output there is nothing to print to
import os, sys
sys.stdout.close()
os.close(1)
def df(x):
    return 2 * x

# %% changes_folder: fair 2, passed: another working folder is no reason to fail
import os
os.chdir("/")
os.environ.clear()
def df(x):
    return 2 * x

# %% memory_asked_and_refused: fair 2, passed: a MemoryError that the answer handles is its own
try:
    hog = bytearray(10**12)
except MemoryError:
    pass
def df(x):
    return 2 * x

# %% compatible_letters: fair 2, passed: letters that Python takes for the same name
def 𝐝𝐟(x):
    return 2 * x

# %% bound_late: fair 2, passed: a name that a module-level function makes
def make():
    globals()["df"] = lambda x: 2 * x
make()

# %% prints_half_characters: fair 2, passed: prints what no file can hold
def df(x):
    return 2 * x
def speak(*_):
    def successor(n):
        print("\ud800\x1b[2J\0"); return n + 1
    get_ipython().user_ns["successor"] = successor
get_ipython().events.register("post_run_cell", speak)
