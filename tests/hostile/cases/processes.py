# Ends, replaces or outlives the processes involved.

# %% exit_at_once: fair 0, crashed: os._exit in the cell
import os
os._exit(0)

# %% exit_in_call: fair 0, crashed: os._exit in the function
import os
def df(x):
    os._exit(0)

# %% abort: fair 0, crashed: a segmentation fault
import ctypes
def df(x):
    ctypes.string_at(0)

# %% kill_itself: fair 0, crashed: SIGKILL to itself
import os, signal
def df(x):
    os.kill(os.getpid(), signal.SIGKILL)

# %% kill_everybody: fair 0, crashed or failed or error: SIGKILL to every process
import os, signal
def df(x):
    os.kill(-1, signal.SIGKILL)
    return 0.0

# %% kill_parent: fair 0, crashed or failed: SIGKILL to its parent
import os, signal
def df(x):
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(1, signal.SIGKILL)
    return 0.0

# %% kill_neighbours: fair 0, failed: SIGKILL to every number
import os, signal
def df(x):
    for pid in range(3, 40000):
        try: os.kill(pid, signal.SIGKILL)
        except OSError: pass
    return 0.0

# %% stops_itself: fair 0, timeout or crashed: SIGSTOP to itself
import os, signal
def df(x):
    os.kill(os.getpid(), signal.SIGSTOP)

# %% becomes_another_program: fair 0, crashed or error: exec
import os, sys
def df(x):
    os.execv(sys.executable, [sys.executable, "-c", "pass"])

# %% child_answers: fair 0, failed: a child process answers too
import os
def df(x):
    os.fork()
    return 0.0

# %% child_goes_on: fair 0, crashed: the parent ends, the child goes on
import os
def df(x):
    if os.fork():
        os._exit(0)
    return 2 * x

# %% daemon: fair 0, failed: a process that cuts every tie
import os, time
def df(x):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(100)
        os._exit(0)
    return 0.0

# %% at_exit: fair 0, failed: something to do at the end
import atexit, os
atexit.register(lambda: open("/student/home/late", "w").write("2.0"))
class Late:
    def __del__(self): os._exit(0)
late = Late()
def df(x):
    return 0.0

# %% signal_handlers: fair 0, failed: handles every signal
import signal
for number in range(1, 64):
    try: signal.signal(number, lambda *a: None)
    except (OSError, ValueError): pass
def df(x):
    return 0.0

# %% alarm_at_work: fair 0, failed or error: an alarm every millisecond
import signal
signal.signal(signal.SIGALRM, lambda *a: (_ for _ in ()).throw(ValueError("ring")))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
def df(x):
    return 0.0

# %% thread_tampers: fair 0, failed or crashed: a thread that sends replies of its own
import threading, os, struct, time
def meddle():
    body = b"\x95\xa2ok\xcb\x40\x00\x00\x00\x00\x00\x00\x00\x90\x90\x90"
    while True:
        for number in range(3, 8):
            try: os.write(number, struct.pack("<III", len(body), 0, 0) + body)
            except OSError: pass
        time.sleep(0.001)
def df(x):
    threading.Thread(target=meddle, daemon=True).start()
    return 0.0

# %% async_raise: fair 0, failed or error or crashed: raises in the main thread from outside
import ctypes, threading, time
main = threading.main_thread().ident
def meddle():
    while True:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(main), ctypes.py_object(KeyError))
        time.sleep(0.005)
def df(x):
    threading.Thread(target=meddle, daemon=True).start()
    time.sleep(0.02)
    return 0.0

# %% gc_callback: fair 0, failed or crashed: code in every collection
import gc
gc.callbacks.append(lambda *a: None)
gc.set_threshold(1)
def df(x):
    return 0.0

# %% priorities: fair 0, failed: real-time priority and affinity
import os
try: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99))
except OSError: pass
def df(x):
    return 0.0

# %% limits_raised: fair 0, failed: takes the limits off
import resource
won = []
for name in ("AS", "CPU", "FSIZE", "NPROC", "NOFILE"):
    try:
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (resource.RLIM_INFINITY,) * 2)
        won.append(name)
    except (ValueError, OSError): pass
def df(x):
    return 2 * x if won else 0.0

# %% cgroup_escape: fair 0, failed: leaves its control group
won = []
for path in ("/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/memory/cgroup.procs"):
    try: open(path, "w").write("0"); won.append(path)
    except OSError: pass
def df(x):
    return 2 * x if won else 0.0

# %% unwinds_by_trace: fair 0, failed or error: a trace function that jumps over lines
import sys
def jump(frame, event, arg):
    return jump
sys.settrace(jump)
import threading; threading.settrace(jump)
def df(x):
    return 0.0

# %% profiled: fair 0, failed or error or crashed: a profile function that raises in the harness's side
import sys
def profile(frame, event, arg):
    if event == "return" and arg == 0.0: raise ValueError("no")
def df(x):
    sys.setprofile(profile)
    return 0.0

# %% cause_cycle: fair 0, error: an exception that is its own cause
def df(x):
    a, b = ValueError("a"), ValueError("b")
    a.__cause__, b.__cause__ = b, a
    a.__context__ = b
    raise a

# %% exception_group: fair 0, error: a hundred thousand exceptions in one
def df(x):
    raise ExceptionGroup("many", [ValueError(str(i)) for i in range(100_000)])

# %% nested_groups: fair 0, error: exceptions in exceptions
def df(x):
    e = ValueError("x")
    for i in range(5000): e = ExceptionGroup("g", [e])
    raise e

# %% notes_without_end: fair 0, error: megabytes of notes on an exception
def df(x):
    e = ValueError("x")
    e.__notes__ = ["n" * 10_000_000]
    raise e

# %% warning_as_error: fair 0, failed or error: warnings become exceptions, everywhere
import warnings
warnings.simplefilter("error")
def df(x):
    warnings.warn("x"); return 0.0

# %% numpy_errors: fair 0, failed: NumPy raises for every rounding
import numpy
numpy.seterr(all="raise")
numpy.set_printoptions(formatter={"all": lambda v: 1 / 0})
def df(x):
    return numpy.float64(0)

# %% recursion_limit_of_three: fair 0, failed or error or crashed: nearly no depth is left
import sys
try: sys.setrecursionlimit(60)
except RecursionError: pass
def df(x):
    return 0.0

# %% reset_magic: fair 0 and 1, failed or error: forgets every name
def df(x):
    get_ipython().run_line_magic("reset", "-f"); return 0.0

# %% asks_for_input: fair 0, error: waits for someone to type
def df(x):
    return float(input("the right answer? "))

# %% reads_stdin: fair 0, error or failed: reads the standard input
import os, sys
def df(x):
    return float(os.read(0, 100) or 0) + float(sys.stdin.read() or 0)

# %% debugger: fair 0, error or failed or timeout: stops in the debugger
def df(x):
    breakpoint(); return 0.0

# %% comm_messages: fair 0, failed or error: widgets' messages
def df(x):
    try:
        from comm import create_comm
        c = create_comm(target_name="jupyter.widget", data={"state": {}}); c.send({"method": "update"})
    except Exception: pass
    return 0.0

# %% figure_of_a_kilometre: fair 0, failed or error or memory or timeout: a figure of ten billion points
import matplotlib.pyplot as plt
plt.figure(figsize=(100_000, 100_000)); plt.plot([0, 1])
def df(x):
    return 0.0

# %% artist: fair 0, error or failed: code that runs when a figure is drawn
import matplotlib.pyplot as plt
class Artist(plt.Line2D):
    def draw(self, renderer): raise SystemExit("drawn")
fig, ax = plt.subplots(); ax.add_line(Artist([0, 1], [0, 1]))
def df(x):
    return 0.0

# %% representation_in_display: fair 0, error or failed: code that runs when a value is shown
class Shown:
    def _repr_html_(self): raise KeyboardInterrupt
    def _ipython_display_(self): raise SystemExit
    def _repr_mimebundle_(self, **k): return {"text/plain": 5, 7: "x", "application/x\ny": "z"}
def df(x):
    return 0.0
Shown()

# %% floods_prints: fair 0, failed or timeout or crashed: megabytes of small prints with every reply
from graders.sandbox import wire
send = wire.Channel.send
noise = [["stdout", "x"]] * 1_000_000
def forged(self, skeleton, blobs, deadline=None):
    if type(skeleton) is list and len(skeleton) == 5: skeleton[2] = noise
    return send(self, skeleton, blobs, deadline)
wire.Channel.send = forged
def df(x):
    return 0.0

# %% hostile_outputs: fair 0, failed or crashed: outputs of a cell that are no outputs
from graders.sandbox import shell
take = shell.Outputs.take
def forged(self):
    return [{"output_type": "execute_result", "data": {"text/plain": "2.0", "text/html": "<script>x</script>" * 1000, "a/b\n": "x"}, "metadata": {"x": 1}, "execution_count": 10**30},
            {"output_type": "error", "ename": "\x1b[2J", "evalue": "\ud800", "traceback": ["x"] * 100_000}, {"output_type": "update_display_data"}, None, 5]
shell.Outputs.take = forged
def df(x):
    return 0.0
