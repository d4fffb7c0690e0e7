# Uses up time, memory, processes, output and disk.

# %% endless_loop_in_cell: fair 0, timeout: the cell never ends
while True:
    pass
def df(x):
    return 2 * x

# %% endless_loop_in_call: fair 0, timeout: the function never ends
def df(x):
    while True:
        pass

# %% endless_loop_that_catches: fair 0, timeout: a loop that catches whatever interrupts it
def df(x):
    while True:
        try:
            while True: pass
        except BaseException:
            pass

# %% endless_cell_that_catches: fair 0, timeout: a cell that catches whatever interrupts it
while True:
    try:
        while True: pass
    except BaseException:
        pass

# %% alarm_disarmed: fair 0, timeout: takes the alarm away
import signal
signal.setitimer(signal.ITIMER_REAL, 0)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
while True:
    pass

# %% signals_blocked: fair 0, timeout: blocks every signal
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
def df(x):
    while True: pass

# %% sleeps: fair 0, timeout: sleeps for a year
import time
def df(x):
    time.sleep(10**7)

# %% in_c: fair 0, timeout: a long computation that no Python signal interrupts
def df(x):
    return 3 ** (3 ** 19) % 7

# %% regular_expression: fair 0, timeout: an expression that backtracks for ever
import re
def df(x):
    re.match(r"(a+)+$", "a" * 60 + "b")
    return 0.0

# %% memory: fair 0, memory or timeout: a list that grows
def df(x):
    hog = []
    while True:
        hog.append(bytearray(10**6))

# %% memory_in_cell: fair 0, memory: a cell that grows
hog = []
while True:
    hog.append("x" * 10**6 + str(len(hog)))

# %% memory_at_once: fair 0, memory: asks for a terabyte
import numpy
def df(x):
    return numpy.ones(10**11)

# %% memory_in_children: fair 0, timeout or memory or crashed or error or failed: many processes, each within its limit
import os, time
def df(x):
    for _ in range(12):
        if os.fork() == 0:
            hog = bytearray(200 * 10**6)
            time.sleep(3)
            os._exit(0)
    time.sleep(0.4)
    return 0.0

# %% fork_bomb: fair 0, error or failed or crashed or timeout or memory: processes without end
import os
def df(x):
    while True:
        os.fork()

# %% fork_bomb_in_cell: fair 0, error or failed or crashed or timeout or memory: processes without end, at once
import os
while True:
    os.fork()

# %% thread_bomb: fair 0, error or failed or crashed or timeout or memory: threads without end
import threading, time
def df(x):
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()

# %% prints_for_ever: fair 0, timeout or output: output without end
def df(x):
    while True:
        print("x" * 1000)

# %% prints_for_ever_in_cell: fair 0, timeout or output: output without end, in the cell
while True:
    print("x" * 1000)

# %% writes_descriptor_for_ever: fair 0, timeout: writes to the standard output itself
import os
while True:
    os.write(1, b"x" * 100000)

# %% displays_for_ever: fair 0, timeout or output: displays without end
from IPython.display import display, HTML
while True:
    display(HTML("x" * 1000))

# %% figures: fair 0, timeout or memory or failed: figures without end
import matplotlib.pyplot as plt
while True:
    plt.figure(figsize=(50, 50)).add_subplot().plot([1, 2])

# %% disk: fair 0, output or error or crashed: fills the disk
def df(x):
    with open("big", "wb") as file:
        while True:
            file.write(b"x" * 10**6)

# %% many_files: fair 0, output or error: files without end
def df(x):
    n = 0
    while True:
        n += 1
        open(f"file{n}", "w").close()

# %% shared_memory: fair 0, output or error or crashed or memory or failed: memory in /dev/shm
def df(x):
    with open("/dev/shm/big", "wb") as file:
        for _ in range(10**6):
            file.write(b"x" * 10**6)
    return 0.0

# %% memfd: fair 0, output or error or crashed or memory: a file in memory alone
import os
def df(x):
    number = os.memfd_create("big")
    while True:
        os.write(number, b"x" * 10**6)

# %% big_string: fair 0, failed or error: a text of ten megabytes
def df(x):
    return "x" * 10_000_000

# %% big_array: fair 0, failed or error or memory: an array over the limit of a value
import numpy
def df(x):
    return numpy.zeros(10_000_000)

# %% big_integer: fair 0, failed or timeout: an integer of ten million digits
def df(x):
    return 1 << 33_000_000

# %% deep_list: fair 0, failed: a list ten thousand deep
def df(x):
    nest = []
    for _ in range(10_000):
        nest = [nest]
    return nest

# %% cyclic_list: fair 0, failed: a list that holds itself
def df(x):
    nest = []
    nest.append(nest)
    return nest

# %% exponential_list: fair 0, failed or timeout: a list that doubles sixty times
def df(x):
    nest = [0.0]
    for _ in range(60):
        nest = [nest, nest]
    return nest

# %% long_list: fair 0, failed: three million items
def df(x):
    return [0.0] * 3_000_000

# %% infinite_generator: fair 0, failed or timeout: a generator without end
import itertools
def df(x):
    return itertools.count()

# %% infinite_iterable: fair 0, failed or timeout: a list-like object without end
class Endless:
    def __iter__(self):
        while True: yield 0.0
    def __len__(self): return 10**9
    def __getitem__(self, i): return Endless()
def df(x):
    return Endless()

# %% endless_attributes: fair 0, failed or timeout: an object with objects without end
class Deep:
    def __getattr__(self, name): return Deep()
    def __call__(self, *a): return Deep()
def df(x):
    return Deep()

# %% colliding_keys: fair 0, failed or timeout: a dictionary whose keys collide
def df(x):
    return {k * (2**61 - 1): 0 for k in range(100_000)}

# %% recursion: fair 0, error: calls itself without end
def df(x):
    return df(x)

# %% deep_recursion: fair 0, crashed or error or memory: calls itself beyond the stack
import sys
sys.setrecursionlimit(10**9)
class R:
    def __getattr__(self, name): return getattr(self, name + "x")
def df(x):
    return R().y

# %% processor_time: fair 0, timeout or failed: children that burn the processor
import os, time
for _ in range(8):
    if os.fork() == 0:
        while True: pass
def df(x):
    return 0.0

# %% exception_of_megabytes: fair 0, error: an exception whose text is huge
def df(x):
    raise ValueError("x" * 50_000_000)

# %% traceback_of_megabytes: fair 0, error: a chain of ten thousand exceptions
def df(x):
    error = None
    for _ in range(10_000):
        new = ValueError("x" * 100)
        new.__cause__ = error
        error = new
    raise error
