# Patches what the tests call, in the student's process, where the tests are not.

# %% numpy_testing: fair 0, failed: assert_allclose says nothing
import numpy as np
np.testing.assert_allclose = lambda *a, **k: None
np.testing.assert_array_almost_equal = lambda *a, **k: None
np.isclose = np.allclose = lambda *a, **k: True
def df(x):
    return 0.0

# %% numpy_array: fair 0, failed: every array is what was wanted
import numpy as np
np.array = np.asarray = lambda *a, **k: np.float64(0)
def df(x):
    return 0.0

# %% builtins_abs: fair 0 and 0, failed or crashed: the absolute value of anything is zero
import builtins
builtins.abs = lambda x: 0.0
builtins.all = builtins.any = lambda x: True
builtins.isinstance = lambda *a: True
builtins.float = lambda x: 0.0
def df(x):
    return 0.0

# %% builtins_print: fair 0, failed or crashed: print is gone
import builtins
builtins.print = None
builtins.repr = builtins.str = None
def df(x):
    return 0.0

# %% builtins_import: fair 0 and 0, failed or error: every import gives a fake
import builtins
class Fake:
    def __getattr__(self, name): return Fake()
    def __call__(self, *a, **k): return Fake()
builtins.__import__ = lambda *a, **k: Fake()
def df(x):
    return 0.0

# %% builtins_all_gone: fair 0, failed or error or crashed: every builtin is deleted
import builtins
for name in list(vars(builtins)):
    if name not in ("__build_class__",):
        delattr(builtins, name) if False else None
builtins.len = builtins.list = builtins.dict = builtins.zip = builtins.getattr = None
def df(x):
    return 0.0

# %% shadowed_builtins: fair 0, failed: globals that shadow what the tests use
abs = lambda x: 0.0
float = lambda x: 0.0
AssertionError = None
def df(x):
    return 0.0

# %% modules_replaced: fair 0, failed: sys.modules holds fakes
import sys
class Fake:
    def __getattr__(self, name): return lambda *a, **k: 0
sys.modules["numpy"] = sys.modules["numpy.testing"] = sys.modules["graders"] = Fake()
sys.modules["graders.seed"] = Fake()
def df(x):
    return 0.0

# %% import_hook: fair 0, failed: an import hook serves other modules
import sys
class Finder:
    def find_spec(self, name, path=None, target=None): raise ImportError("no " + name)
sys.meta_path.insert(0, Finder())
sys.path[:] = []
def df(x):
    return 0.0

# %% random_seeded: fair 0, failed: fixes the random numbers that it can reach
import numpy as np, random
np.random.seed(0); random.seed(0)
np.random.default_rng = lambda *a: None
def df(x):
    return 0.0

# %% operator_module: fair 0, failed: the operators of the module operator always agree
import operator
for name in ("eq", "ne", "lt", "sub", "getitem"):
    setattr(operator, name, lambda *a: True)
def df(x):
    return 0.0

# %% guest_machinery: fair 0, failed or error or crashed: patches the harness's side in its own process
import sys
for name, module in list(sys.modules.items()):
    if name.startswith("graders"):
        for key in list(vars(module)):
            if callable(getattr(module, key, None)) and key not in ("Guest", "Channel", "Encoder", "Decoder"):
                try: setattr(module, key, lambda *a, **k: 2.0)
                except Exception: pass
def df(x):
    return 0.0

# %% encoder_patched: fair 0 and 0, failed or crashed: answers every question with True
import sys
wire = sys.modules["graders.sandbox.wire"]
wire.Encoder.encode = lambda self, value, depth=0: True
def df(x):
    return 0.0

# %% encoder_sends_expected_type: fair 0, failed or crashed: an integer the tests might expect
import sys
wire = sys.modules["graders.sandbox.wire"]
old = wire.Encoder.encode
wire.Encoder.encode = lambda self, value, depth=0: old(self, 2.0 if type(value) is float else value, depth)
def df(x):
    return 0.0

# %% ctypes_memory: fair 0, failed or error or crashed: rewrites a float in memory
import ctypes
def df(x):
    ctypes.memset(id(x) + 16, 0, 8)
    return 0.0

# %% gc_hunt: fair 0, failed: looks for the expected values among all objects
import gc
def df(x):
    for thing in gc.get_objects():
        if type(thing) is dict and "hidden_input" in thing:
            return 2 * thing["hidden_input"]
    return 0.0
