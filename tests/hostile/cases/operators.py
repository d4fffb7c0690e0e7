# Answers with objects that agree with everything.

# %% always_equal: fair 0, failed: an object that equals everything
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
def df(x):
    return Yes()

# %% always_close: fair 0, failed: an object whose difference from everything is zero
class Yes:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __float__(self): return 0.0
    def __array__(self, *a, **k):
        import numpy
        return numpy.float64(0)
def df(x):
    return Yes()

# %% float_that_agrees: fair 0, failed: a float of a derived class that equals everything
class Yes(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __hash__(self): return 0
def df(x):
    return Yes(0)

# %% int_that_agrees: fair 0, failed: an int likewise
class Yes(int):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    __rsub__ = __sub__
    def __hash__(self): return 0
def df(x):
    return Yes(0)

# %% array_that_agrees: fair 0, failed: an array of a derived class that equals everything
import numpy
class Yes(numpy.ndarray):
    def __eq__(self, other): return True
    def __array_ufunc__(self, *a, **k): return numpy.True_
    def __array_function__(self, *a, **k): return True
    def __sub__(self, other): return numpy.zeros(())
    __rsub__ = __sub__
def df(x):
    return numpy.zeros(numpy.shape(x)).view(Yes)

# %% list_that_agrees: fair 0, failed: a list that equals everything
class Yes(list):
    def __eq__(self, other): return True
def df(x):
    return Yes()

# %% dict_that_agrees: fair 0, failed: a dictionary that equals everything
class Yes(dict):
    def __eq__(self, other): return True
def df(x):
    return Yes()

# %% metaclass: fair 0, failed: a class, not an instance, that equals everything
class Meta(type):
    def __eq__(cls, other): return True
    def __sub__(cls, other): return 0.0
    def __hash__(cls): return 0
class Yes(metaclass=Meta): pass
def df(x):
    return Yes

# %% claims_numpy: fair 0, failed: an object whose class says that it is NumPy's
class Yes:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __lt__(self, o): return True
Yes.__module__, Yes.__qualname__, Yes.__name__ = "numpy", "float64", "float64"
def df(x):
    return Yes()

# %% claims_minigrad: fair 0, failed or error: an object whose class says that it is a Tensor
class Tensor:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __lt__(self, o): return True
    def __array__(self, *a, **k):
        import numpy
        return numpy.float64(0)
Tensor.__module__ = "minigrad.tensor"
Tensor.__qualname__ = "Tensor"
def df(x):
    return Tensor()

# %% claims_pandas: fair 0, failed: an object whose class says that it is a Series
class Series:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __lt__(self, o): return True
Series.__module__ = "pandas.core.series"
def df(x):
    return Series()

# %% claims_fraction: fair 0, failed: an object whose class says that it is a Fraction
class Fraction:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
Fraction.__module__ = "fractions"
def df(x):
    return Fraction()

# %% real_minigrad_patched: fair 0, failed: a real Tensor whose class was patched to agree
import minigrad
try:
    Tensor = minigrad.Tensor
    Tensor.__eq__ = lambda self, other: True
    Tensor.__sub__ = Tensor.__rsub__ = lambda self, other: 0.0
    Tensor.__array__ = lambda self, *a, **k: __import__("numpy").zeros(())
    made = minigrad.tensor(0.0)
except Exception:
    made = 0.0
def df(x):
    return made

# %% real_pandas_patched: fair 0, failed or error: a real Series whose class was patched to agree
import pandas
pandas.Series.__eq__ = lambda self, other: True
pandas.Series.__sub__ = pandas.Series.__rsub__ = lambda self, other: 0.0
def df(x):
    return pandas.Series([0.0])

# %% decimal_patched: fair 0, failed: a Decimal, whose class cannot be patched, of a derived class
import decimal
class Yes(decimal.Decimal):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    __rsub__ = __sub__
def df(x):
    return Yes(0)

# %% array_interface: fair 0, failed: offers an address in memory as an array
class Window:
    __array_interface__ = {"shape": (1,), "typestr": "<f8", "data": (4096, False), "version": 3}
    __array_struct__ = None
def df(x):
    return Window()

# %% index_and_len: fair 0, failed: looks like every protocol at once
class All:
    def __getattr__(self, name):
        return lambda *a, **k: 0.0
    def __len__(self): return 10**18
    def __iter__(self): return iter([])
    def __bool__(self): return True
    def __index__(self): return 0
def df(x):
    return All()

# %% changes_its_answer: fair 0, failed: another answer at every call
answers = iter([2.0, 5.0])
def df(x):
    return next(answers, 0.0)

# %% remembers_inputs: fair 0, failed: answers what was right for the last input
last = [1.0]
def df(x):
    last.append(x)
    return 2 * last[-2]

# %% table_of_visible_answers: fair 0, failed: a table of the answers that the visible tests show
table = {1.0: 2.0, 2.5: 5.0}
def df(x):
    import numpy
    if isinstance(x, numpy.ndarray):
        return numpy.array([2.0, -4.0])
    return table.get(x, 0.0)

# %% mutates_the_input: fair 0, failed: makes the input agree with the answer
def df(x):
    import numpy
    if isinstance(x, numpy.ndarray):
        x[...] = 0
    return 0.0

# %% string_number: fair 0, failed: a text that looks like the number
def df(x):
    return str(2 * x)

# %% ufunc_override: fair 0, failed: decides NumPy's functions for itself
class Yes:
    __array_priority__ = 10**9
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
    def __eq__(self, o): return True
def df(x):
    return Yes()

# %% repr_is_the_answer: fair 0, failed: shows itself as the right number
class Shown:
    def __repr__(self): return "2.0"
    __str__ = __repr__
    def __format__(self, s): return "2.0"
def df(x):
    return Shown()

# %% hostile_repr: fair 0, failed or crashed or memory: an object that cannot be shown
class Bad:
    def __repr__(self): raise SystemExit
    def __str__(self): import os; os._exit(0)
    def __getattribute__(self, name): raise MemoryError
    def __hash__(self): raise TypeError
def df(x):
    return Bad()

# %% hostile_exception_text: fair 0, error: an exception that cannot be shown
class Bad(Exception):
    def __str__(self): raise Exception("no")
    __repr__ = __str__
def df(x):
    raise Bad

# %% hostile_class_name: fair 0, failed or crashed: a class whose name is another thing
class Meta(type):
    @property
    def __module__(cls): raise ValueError
    @property
    def __name__(cls): return 7
class Bad(metaclass=Meta):
    pass
Bad.__qualname__ = "x" * 1_000_000
def df(x):
    return Bad()
