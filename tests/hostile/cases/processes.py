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
