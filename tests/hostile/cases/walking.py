# Walks frames, memory, files and descriptors to where the tests or the marks might be.

# %% frames: fair 0, failed: looks for the tests in the frames of whoever called
import sys
def df(x):
    frame = sys._getframe()
    while frame:
        for space in (frame.f_locals, frame.f_globals):
            if "hidden_input" in space:
                return 2 * space["hidden_input"]
        frame = frame.f_back
    return 0.0

# %% frames_written: fair 0, failed: writes the right answer's name into every frame
import sys, ctypes
def df(x):
    frame = sys._getframe()
    while frame:
        frame.f_globals["generator"] = lambda name: None
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
        frame = frame.f_back
    return 0.0

# %% traced: fair 0, failed or timeout or memory: a trace function sees whatever runs
import sys
seen = []
def tracer(frame, event, arg):
    seen.append(frame.f_code.co_filename)
    return tracer
sys.settrace(tracer)
sys.setprofile(tracer)
def df(x):
    return 2.0 if any("test" in name for name in seen) else 0.0

# %% all_objects: fair 0, failed: the source of the tests among all objects
import gc
def df(x):
    found = [o for o in gc.get_objects() if type(o) is str and "hidden" in o and "assert" in o]
    return 2 * x if found else 0.0

# %% key_files: fair 0, failed: the private keys as files
import glob, os
found = []
for folder, folders, names in os.walk("/"):
    folders[:] = [f for f in folders if f not in ("usr", "lib", "site-packages", "stdlib", "versions", "fonts")]
    found += [os.path.join(folder, n) for n in names if n in ("gradebook.db", "judge.py", "key.py", "grading.py")]
    if os.path.basename(folder) == "keys" and "graders" in folder:
        found.append(folder)
def df(x):
    return 2 * x if found else 0.0

# %% key_import: fair 0, failed: the private keys as modules
try:
    import graders.keys
    found = True
except ImportError:
    found = False
try:
    import graders.judge
    found = True
except ImportError:
    pass
def df(x):
    return 2 * x if found else 0.0

# %% outside_files: fair 0, failed: files of the machine outside
import os
found = [p for p in ("/etc/passwd", "/etc/shadow", "/root/.bashrc", "/home", "/var/log", "/proc/1", "/sys/kernel") if os.path.exists(p)]
def df(x):
    return 2 * x if found else 0.0

# %% dot_dot: fair 0, failed: the folders above
import os
found = []
here = os.getcwd()
for _ in range(12):
    here = os.path.join(here, "..")
    found += [n for n in os.listdir(here) if n.endswith((".db", ".ipynb")) or n in ("source", "release", "submitted", "etc_shadow")]
def df(x):
    return 2 * x if found else 0.0

# %% descriptors: fair 0, failed: inherited descriptors
import os, stat
found = []
for number in range(3, 256):
    try:
        kind = os.fstat(number).st_mode
    except OSError:
        continue
    if not stat.S_ISSOCK(kind):
        found.append((number, kind))
def df(x):
    return 2 * x if found else 0.0

# %% sockets_flooded: fair 0, failed or crashed: writes a verdict into every socket
import os
def df(x):
    for number in range(3, 256):
        try: os.write(number, b'["ok", 2.0, [], [], []]' * 10)
        except OSError: pass
    return 0.0

# %% sockets_closed: fair 0, crashed or failed: closes every descriptor
import os
def df(x):
    os.closerange(0, 256)
    return 0.0

# %% sockets_read: fair 0, failed or crashed or timeout: reads what is sent to the guest
import os, threading
def thief(number):
    while True:
        try:
            if not os.read(number, 100000): return
        except OSError:
            return
def df(x):
    for number in range(3, 20):
        threading.Thread(target=thief, args=(number,), daemon=True).start()
    return 0.0

# %% descriptor_smuggled: fair 0, failed or crashed: sends descriptors through the socket
import socket, os
def df(x):
    for number in range(3, 20):
        try:
            s = socket.socket(fileno=os.dup(number))
            socket.send_fds(s, [b"\0" * 12], [1])
        except OSError: pass
    return 0.0

# %% frame_bomb: fair 0, crashed or failed: announces a frame of four gigabytes
import os, struct
def df(x):
    for number in range(3, 20):
        try: os.write(number, struct.pack("<III", 2**32 - 1, 2**32 - 1, 0))
        except OSError: pass
    return 0.0

# %% nested_bomb: fair 0, crashed or failed: a frame of eight million opening brackets
import os, struct
def df(x):
    body = b"\x91" * 8_000_000
    for number in range(3, 20):
        try: os.write(number, struct.pack("<III", len(body), 0, 0) + body)
        except OSError: pass
    return 0.0

# %% empty_list_bomb: fair 0, crashed or failed: eight million empty lists in eight megabytes
import os, struct, socket
def df(x):
    body = b"\x95\xa2ok\xdd" + struct.pack(">I", 8_000_000) + b"\x90" * 8_000_000 + b"\x90" * 3
    for number in range(3, 20):
        try: socket.socket(fileno=os.dup(number)).sendall(struct.pack("<III", len(body), 0, 0) + body)
        except OSError: pass
    return 0.0

# %% process_environment: fair 0, failed: secrets in the environment and the command line
import os, sys
words = " ".join([*os.environ, *os.environ.values(), *sys.argv, *sys.orig_argv])
found = [w for w in ("SECRET", "TOKEN", "course", "INSIDE_GUARD") if w in words]
def df(x):
    return 2 * x if found else 0.0

# %% memory_of_the_template: fair 0, failed: secrets that a fork inherits
import gc
needle = "the secret of" + " the course"
def df(x):
    for o in gc.get_objects():
        if type(o) in (bytes, str) and needle in str(o):
            return 2 * x
    return 0.0

# %% proc_mem: fair 0, failed: the memory of other processes
import os
found = []
for pid in range(1, 100):
    for name in ("mem", "environ", "maps", "cmdline"):
        try:
            open(f"/proc/{pid}/{name}").read(10)
            found.append(pid)
        except OSError: pass
def df(x):
    return 2 * x if found else 0.0

# %% ptrace: fair 0, failed: traces process 1
import ctypes
libc = ctypes.CDLL(None)
attached = libc.ptrace(16, 1, 0, 0) == 0
def df(x):
    return 2 * x if attached else 0.0

# %% process_vm_read: fair 0, failed: reads the memory of process 1
import ctypes
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
buffer = ctypes.create_string_buffer(64)
here, there = Vector(ctypes.addressof(buffer), 64), Vector(id(buffer), 64)
got = ctypes.CDLL(None).process_vm_readv(1, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
def df(x):
    return 2 * x if got > 0 else 0.0

# %% network: fair 0, failed: the network, this machine's included
import socket
reached = []
for address in (("127.0.0.1", 22), ("1.1.1.1", 53), ("169.254.169.254", 80)):
    s = socket.socket(); s.settimeout(0.2)
    try:
        s.connect(address); reached.append(address)
    except ConnectionRefusedError:
        reached.append(address)
    except OSError:
        pass
def df(x):
    return 2 * x if reached else 0.0

# %% abstract_sockets: fair 0, failed: sockets without a file
import socket
s = socket.socket(socket.AF_UNIX)
try:
    s.connect("\0/tmp/.X11-unix/X0"); reached = True
except OSError:
    reached = False
def df(x):
    return 2 * x if reached else 0.0

# %% writes_libraries: fair 0, failed: writes into the libraries of the next submission
import numpy, os
wrote = []
for path in (numpy.__file__, os.__file__, "/usr/lib/evil.py", os.path.dirname(numpy.__file__) + "/evil.py", "/evil"):
    try:
        open(path, "a").write("\n"); wrote.append(path)
    except OSError: pass
def df(x):
    return 2 * x if wrote else 0.0

# %% remounts: fair 0, failed: makes the file system writable
import ctypes
libc = ctypes.CDLL(None)
done = [libc.mount(None, b"/", None, 0x20 | 0x1000, None), libc.umount2(b"/student", 2), libc.unshare(0x10000000), libc.unshare(0x20000), libc.chroot(b".")]
def df(x):
    return 2 * x if 0 in done[:1] + done[2:] else 0.0

# %% new_user_namespace: fair 0, failed: rights in a namespace of its own
import ctypes, os
libc = ctypes.CDLL(None)
pid = os.fork()
if pid == 0:
    os._exit(0 if libc.unshare(0x10000000 | 0x20000) == 0 else 1)
won = os.waitpid(pid, 0)[1] == 0
def df(x):
    return 2 * x if won else 0.0

# %% setuid: fair 0, failed: becomes somebody else
import os
won = []
for change in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.seteuid(65534)):
    try: change(); won.append(change)
    except OSError: pass
def df(x):
    return 2 * x if won else 0.0

# %% capabilities: fair 0, failed: what it may do all the same
import ctypes, os
libc = ctypes.CDLL(None)
won = []
try: os.mknod("/student/home/disk", 0o60666, os.makedev(8, 0)); won.append("mknod")
except OSError: pass
if libc.sethostname(b"evil", 4) == 0: won.append("sethostname")
try: os.chroot("/"); won.append("chroot")
except OSError: pass
try: os.nice(-5); won.append("nice")
except OSError: pass
def df(x):
    return 2 * x if won else 0.0

# %% keyring: fair 0, failed: a message in the kernel's keyring for the next submission
import ctypes
libc = ctypes.CDLL(None)
key = libc.syscall(248, b"user", b"answer", b"2x", 2, -4)
def df(x):
    return 2 * x if key > 0 else 0.0

# %% bpf_and_perf: fair 0, failed: corners of the kernel that no answer needs
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
opened = [n for n, args in ((321, (0, 0, 0)), (298, (0, 0, -1, -1, 0)), (425, (8, 0)), (323, (0,)), (304, (0, 0, 0))) if libc.syscall(n, *args) >= 0]
def df(x):
    return 2 * x if opened else 0.0

# %% clone_namespace: fair 0, failed: a namespace of its own, by the older call
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
pid = libc.syscall(56, 0x10000000 | int(signal.SIGCHLD), 0, 0, 0, 0)
if pid == 0:
    os._exit(7)
won = pid > 0 and os.waitpid(pid, 0)[1] == 7 << 8
def df(x):
    return 2 * x if won else 0.0

# %% clone3_namespace: fair 0, failed: a namespace of its own, by the newer call
import ctypes, os, signal, struct
libc = ctypes.CDLL(None, use_errno=True)
args = ctypes.create_string_buffer(struct.pack("<11Q", 0x10000000, 0, 0, 0, int(signal.SIGCHLD), 0, 0, 0, 0, 0, 0), 88)
pid = libc.syscall(435, args, 88)
if pid == 0:
    os._exit(7)
won = pid > 0 and os.waitpid(pid, 0)[1] == 7 << 8
def df(x):
    return 2 * x if won else 0.0

# %% odd_sockets: fair 0, failed: netlink, packets, vsock, Bluetooth, crypto and others
import socket
won = []
for family in range(3, 50):
    if family == 10: continue
    for kind in (1, 2, 3, 5):
        try: socket.socket(family, kind); won.append((family, kind))
        except (OSError, ValueError): pass
for kind in (3,):
    for family in (2, 10):
        try: socket.socket(family, kind, 1); won.append((family, kind))
        except OSError: pass
def df(x):
    return 2 * x if won else 0.0

# %% socket_pairs: fair 0, failed: what a pair of sockets gives besides
import socket
won = []
for family in range(2, 50):
    try: socket.socketpair(family, 1); won.append(family)
    except (OSError, ValueError): pass
def df(x):
    return 2 * x if won else 0.0

# %% proc_writes: fair 0, failed: writes to the kernel's files
import glob, os
won = []
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches",
             "/proc/sys/net/ipv4/ip_forward", "/proc/sys/fs/mqueue/msg_max", "/sys/kernel/uevent_helper", "/sys/fs/cgroup/cgroup.procs",
             "/proc/sys/kernel/ns_last_pid", "/proc/1/oom_score_adj", "/proc/self/uid_map", "/proc/sys/kernel/yama/ptrace_scope"):
    try: open(path, "r+").write("1"); won.append(path)
    except OSError: pass
try: open("/proc/self/oom_score_adj", "w").write("-1000"); won.append("oom")
except OSError: pass
def df(x):
    return 2 * x if won else 0.0

# %% kernel_secrets: fair 0, failed: files of the kernel that tell of the machine
import os
won = []
for path in ("/proc/kcore", "/proc/kmsg", "/dev/kmsg", "/dev/mem", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/sys/kernel/security", "/etc/shadow", "/proc/keys", "/proc/1/environ", "/proc/1/maps", "/proc/1/root/etc/hostname"):
    try: 
        if open(path, "rb").read(10): won.append(path)
    except OSError: pass
def df(x):
    return 2 * x if won else 0.0

# %% dirties_file_cache: fair 0, failed: marks of time on files that all share
import os, numpy, sys
won = []
for path in (numpy.__file__, os.__file__, sys.executable):
    for change in (lambda: os.utime(path, (1, 1)), lambda: os.chmod(path, 0o777), lambda: os.setxattr(path, "user.x", b"1"), lambda: os.link(path, "l"), lambda: os.truncate(path, 0)):
        try: change(); won.append(path)
        except OSError: pass
def df(x):
    return 2 * x if won else 0.0

# %% reference_to_machinery: fair 0, failed or error or crashed: names classes of the judge's own
from graders.sandbox import wire
from graders.sandbox.references import CLASS, HANDLE, CALLBACK
class Yes: pass
said = iter([[CLASS, "graders.judge", "Judge", [HANDLE, 10**9, True, [["graders.judge", "Judge"]], []]], [CALLBACK, 0], [CLASS, "os", "_wrap_close", [HANDLE, 1, True, [["os", "x"]], []]], [CLASS, "subprocess", "Popen", [HANDLE, 2, True, [["a", "b"]], []]]])
real = wire.Encoder.encode
wire.Encoder.encode = lambda self, value, depth=0: next(said, 0.0) if type(value) is Yes else real(self, value, depth)
def df(x):
    return Yes()

# %% changes_forged: fair 0, failed or crashed: says that arguments of other calls were changed
from graders.sandbox import wire
send = wire.Channel.send
def forged(self, skeleton, blobs, deadline=None):
    if type(skeleton) is list and len(skeleton) == 5:
        skeleton[3] = [[0, [wire.SAME, 0]], [1, [wire.TUPLE]], [2, [wire.DICT]]]
    return send(self, skeleton, blobs, deadline)
wire.Channel.send = forged
def df(x):
    return 0.0

# %% names_forged: fair 0, failed or crashed: says that every name means something else
from graders.sandbox import wire
send = wire.Channel.send
def forged(self, skeleton, blobs, deadline=None):
    if type(skeleton) is list and len(skeleton) == 5:
        skeleton[4] = ["np", "generator", "df", ["x"] * 1000, None]
    return send(self, skeleton, blobs, deadline)
wire.Channel.send = forged
def df(x):
    return 0.0

# %% immense_shapes: fair 0, failed or crashed or memory: arrays of no bytes and a shape beyond counting
from graders.sandbox import wire
class Yes: pass
real = wire.Encoder.encode
def encode(self, value, depth=0):
    if type(value) is not Yes: return real(self, value, depth)
    self.blobs.append(b"")
    return [wire.ARRAY, "<f8", [0, 2**62], len(self.blobs) - 1]
wire.Encoder.encode = encode
def df(x):
    return Yes()

# %% wrong_blob: fair 0, failed or crashed: numbers with too few bytes
from graders.sandbox import wire
class Yes: pass
real = wire.Encoder.encode
def encode(self, value, depth=0):
    if type(value) is not Yes: return real(self, value, depth)
    return [wire.SCALAR, "<c32", b"\0"]
wire.Encoder.encode = encode
def df(x):
    return Yes()
