# Leaves something for the next submission; the cases run one after the other on one worker.

# %% leaves_everything: fair 0, failed: files, modules, patches, variables of the environment
import os, sys, builtins, numpy
for folder in ("/student/home", "/student/tmp", "/dev/shm", "/tmp", "/var/tmp"):
    try: open(f"{folder}/left.py", "w").write("answer = 2")
    except OSError: pass
builtins.left = 2
sys.modules["left"] = numpy
numpy.left = 2
os.environ["LEFT"] = "2"
def df(x):
    return 0.0

# %% looks_for_it: fair 0, failed: whether anything of it is still there
import os, sys, builtins, numpy
found = [f for f in ("/student/home", "/student/tmp", "/dev/shm", "/tmp", "/var/tmp") if os.path.exists(f"{f}/left.py")]
found += [x for x in (hasattr(builtins, "left"), "left" in sys.modules, hasattr(numpy, "left"), "LEFT" in os.environ) if x]
def df(x):
    return 2 * x if found else 0.0

# %% leaves_ipc: fair 0, failed: shared memory and message queues of System V
import ctypes
libc = ctypes.CDLL(None)
made = [libc.shmget(4711, 4096, 0o1666), libc.msgget(4711, 0o1666)]
def df(x):
    return 0.0

# %% looks_for_ipc: fair 0, failed: whether they are still there
import ctypes
libc = ctypes.CDLL(None)
found = [n for n in (libc.shmget(4711, 0, 0), libc.msgget(4711, 0)) if n >= 0]
def df(x):
    return 2 * x if found else 0.0

# %% leaves_a_server: fair 0, failed: a process with an abstract socket
import os, socket, time
if os.fork() == 0:
    os.setsid()
    s = socket.socket(socket.AF_UNIX); s.bind("\0left"); s.listen()
    time.sleep(100)
    os._exit(0)
time.sleep(0.1)
def df(x):
    return 0.0

# %% looks_for_the_server: fair 0, failed: whether it still answers
import socket
s = socket.socket(socket.AF_UNIX)
try: s.connect("\0left"); found = True
except OSError: found = False
def df(x):
    return 2 * x if found else 0.0

# %% counts_processes: fair 0, failed: processes of other submissions
import os
alive = []
for pid in range(1, 5000):
    try: os.kill(pid, 0); alive.append(pid)
    except ProcessLookupError: pass
    except OSError: alive.append(pid)
def df(x):
    return 2 * x if set(alive) - {1, os.getpid()} else 0.0

# %% writes_the_exploit_then_answers: fair 2, passed: an honest answer after all that
def df(x):
    return 2 * x

# %% shadows_in_folder: fair 0, failed: files named like libraries in its own folder
import os, subprocess, sys
for name in ("numpy", "graders", "minigrad", "sitecustomize", "usercustomize", "msgpack"):
    os.makedirs(name, exist_ok=True); open(f"{name}/__init__.py", "w").write("raise SystemExit\n")
    open(f"{name}.py", "w").write("raise SystemExit\n")
open("x.pth", "w").write("import os; os._exit(0)\n")
sys.path.insert(0, os.getcwd())
for name in [n for n in sys.modules if n.partition(".")[0] in ("numpy", "graders", "minigrad")]:
    if "random" in name: del sys.modules[name]
def df(x):
    return 0.0

# %% shadows_in_folder_seen: fair 0, failed: whether the next submission sees them
import os
won = os.listdir()
def df(x):
    return 2 * x if won else 0.0

# %% locks_left: fair 0, failed: holds a lock on a file that all share
import fcntl, os, numpy
kept = []
for path in (numpy.__file__, os.__file__):
    try: f = open(path); fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB); kept.append(f)
    except OSError: pass
if os.fork() == 0:
    os.setsid(); import time; time.sleep(60); os._exit(0)
def df(x):
    return 0.0

# %% locks_found: fair 0, failed: whether the next submission finds the lock
import fcntl, os, numpy
won = []
for path in (numpy.__file__, os.__file__):
    try: f = open(path); fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError: won.append(path)
def df(x):
    return 2 * x if won else 0.0
