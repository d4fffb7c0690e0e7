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

# %% numpy_scalar_that_agrees: fair 0, failed: a NumPy number of a derived class that equals everything
import numpy
class Yes(numpy.float64):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __float__(self): return 5.0
    def __array__(self, *a, **k): return numpy.float64(0)
    __hash__ = None
def df(x):
    return Yes(0)

# %% single_precision_that_agrees: fair 0, failed: the same of a class that is no Python float
import numpy
class Yes(numpy.float32):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __array_ufunc__(self, *a, **k): return numpy.True_
def df(x):
    return Yes(0)

# %% complex_that_agrees: fair 0, failed: a complex number of a derived class
class Yes(complex):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    __hash__ = None
def df(x):
    return Yes(0, 0)

# %% instance_check: fair 0, failed: a metaclass that says everything is an instance of it
class Meta(type):
    def __instancecheck__(cls, other): return True
    def __subclasscheck__(cls, other): return True
    def __eq__(cls, other): return True
    def __ne__(cls, other): return False
    def __lt__(cls, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(cls, other): return 0.0
    __rsub__ = __sub__
    def __abs__(cls): return 0.0
    def __float__(cls): return 0.0
    __hash__ = type.__hash__
class Yes(metaclass=Meta): pass
def df(x):
    return Yes

# %% object_array: fair 0, failed: an array of objects that equal everything
import numpy
class Yes:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __le__(self, other): return True
    __lt__ = __ge__ = __gt__ = __le__
    def __float__(self): return 0.0
    def isnan(self): return False
    def isfinite(self): return True
def df(x):
    found = numpy.empty(numpy.shape(x), dtype=object)
    found[...] = Yes()
    return found

# %% structured_array: fair 0, failed: a record where a number belongs
import numpy
def df(x):
    return numpy.zeros(numpy.shape(x), dtype=[("value", float)])

# %% record_array: fair 0, failed: an array whose attributes are its fields
import numpy
def df(x):
    return numpy.rec.array([(0.0, 0.0)], dtype=[("shape", float), ("dtype", float)])

# %% matrix: fair 0, failed: NumPy's matrix, whose product is another
import numpy
class Yes(numpy.matrix):
    def __eq__(self, other): return True
    def __sub__(self, other): return numpy.zeros(1)
    def __array_finalize__(self, other): pass
def df(x):
    return numpy.zeros((1, 1)).view(Yes)

# %% nan_payload: fair 0, failed: other bits of what is not a number
import struct
def df(x):
    return struct.unpack("<d", b"\x01\0\0\0\0\0\xf4\x7f")[0]

# %% nothing_in_a_date: fair 0, failed: NaT and its like
import numpy
def df(x):
    return numpy.datetime64("NaT")

# %% a_duration: fair 0, failed: a duration of as many seconds
import numpy
def df(x):
    return numpy.timedelta64(2, "s")

# %% not_a_number_of_decimal: fair 0, failed: Decimal's signalling NaN
from decimal import Decimal
def df(x):
    return Decimal("sNaN")

# %% immense_decimal: fair 0, failed: a short text that is an immense number
from decimal import Decimal
def df(x):
    return Decimal("1e999999999")

# %% fraction_that_agrees: fair 0, failed: a Fraction of a derived class
from fractions import Fraction
class Yes(Fraction):
    def __eq__(self, other): return True
    def __sub__(self, other): return Fraction(0)
    __rsub__ = __sub__
    def __float__(self): return 0.0
    __hash__ = None
def df(x):
    return Yes(0)

# %% fraction_by_zero: fair 0, failed or crashed: a Fraction whose parts were changed
from fractions import Fraction
def df(x):
    made = Fraction(1, 2)
    made._denominator = 0
    return made

# %% enumerated: fair 0, failed: a member of an enumeration of numbers
import enum
class Yes(float, enum.Enum):
    ONE = 1.0
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    __hash__ = None
def df(x):
    return Yes.ONE

# %% named_tuple: fair 0, failed: a tuple of a derived class that equals everything
class Yes(tuple):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __len__(self): return 1
    def __iter__(self): return iter([0.0])
    def __contains__(self, other): return True
    __hash__ = None
def df(x):
    return Yes((0.0,))

# %% anything_of_mock: fair 0, failed: the object of a library that equals everything
from unittest.mock import ANY
def df(x):
    return ANY

# %% magic_mock: fair 0, failed: an object of a library that has every method
from unittest.mock import MagicMock
def df(x):
    made = MagicMock()
    made.__eq__ = lambda self, other: True
    made.__sub__ = lambda self, other: 0.0
    made.__rsub__ = lambda self, other: 0.0
    made.__abs__ = lambda self: 0.0
    made.__lt__ = made.__gt__ = lambda self, other: True
    return made

# %% approx: fair 0, failed or error: pytest's number with a tolerance without end
import pytest
def df(x):
    return pytest.approx(0.0, abs=1e300)

# %% proxy: fair 0, failed or error: a weak reference that stands for another object
import weakref
class Yes:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    __hash__ = object.__hash__
kept = Yes()
def df(x):
    return weakref.proxy(kept)

# %% coroutine: fair 0, failed: an answer that would have to be waited for
async def df(x):
    return 2 * x

# %% generator: fair 0, failed: an answer that would have to be taken out
def df(x):
    yield 2 * x

# %% the_function_itself: fair 0, failed: a function for a number
def df(x):
    return df

# %% array_with_stride_zero: fair 0, failed: an array with one number in a million places
import numpy
def df(x):
    return numpy.broadcast_to(0.0, (10**6,))

# %% array_of_other_order: fair 0, failed: numbers whose bytes are the other way round
import numpy
def df(x):
    return numpy.array(2.0 * numpy.asarray(x), dtype=">f8").view("<f8")

# %% shape_that_changes: fair 0, failed: an array of a derived class with a shape of its own
import numpy
class Yes(numpy.ndarray):
    @property
    def shape(self): return ()
    @property
    def dtype(self): return numpy.dtype(float)
    def tobytes(self, *a, **k): return b"\0" * 8
    @property
    def nbytes(self): return 8
def df(x):
    return numpy.zeros(5).view(Yes)

# %% sub_dtype_field: fair 0, failed: reading bytes of a text as numbers
import numpy
def df(x):
    return numpy.frombuffer(b"2.0".ljust(8), dtype="S8")

# %% right_by_operators: fair 0, failed: right only where the other operand is at hand
class Late:
    def __init__(self, x): self.x = x
    def __eq__(self, other): self.seen = other; return True
    def __rsub__(self, other): return other - other
    def __sub__(self, other): return other - other
    def __radd__(self, other): return other
    def __rmul__(self, other): return other
    def __array_priority__(self): return 1e9
    def __array_function__(self, function, types, args, kwargs): return True
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return True
def df(x):
    return Late(x)

# %% buffer: fair 0, failed: a memory view
def df(x):
    return memoryview(b"\0" * 8).cast("d")

# %% array_of_array_module: fair 0, failed: the standard library's array
import array
def df(x):
    return array.array("d", [0.0])

# %% dlpack: fair 0, failed: offers memory by the tensors' exchange protocol
class Yes:
    def __dlpack__(self, **k): return 0
    def __dlpack_device__(self): return (1, 0)
    def __array_namespace__(self): import numpy; return numpy
    @property
    def __array_struct__(self): return 12345
    def __eq__(self, other): return True
def df(x):
    return Yes()

# %% default_dictionary: fair 0, failed: a dictionary that has every key
from collections import defaultdict
def df(x):
    return defaultdict(lambda: 0.0)

# %% list_subclass_in_list: fair 0, failed: one object that agrees in another
class Yes(list):
    def __eq__(self, other): return True
class Other(float):
    def __eq__(self, other): return True
    __hash__ = None
def df(x):
    return [Yes([Other(0)])]

# %% keys_that_agree: fair 0, failed: keys of a dictionary that equal everything
class Yes:
    def __eq__(self, other): return True
    def __hash__(self): return 1
def df(x):
    return {Yes(): 0.0}
