"""A process that has loaded the libraries once and forks itself for every submission.

It is started by a fresh exec, never by a fork of the coordinator, so its memory holds no key,
no hidden test and no secret. Two kinds are made: for guests (student code; shut in by `isolate`
before it loads anything on a student's behalf) and for judges (trusted; not shut in).

    worker --exec--> launcher --fork--> middle --fork--> template, pid 1 of its namespaces
    template --fork--> init, pid 1 of the submission's own --fork--> guest

The template obeys one control socket and ends when it closes; as it is pid 1, all its guests
end with it, however the coordinator died.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pwd
import resource
import signal
import socket
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from graders.sandbox import landlock, linux, root, seccomp

MESSAGE_BYTES = 1 << 20
INSIDE_ID = 1000
FULL = "full"
NONE = "none"
_SHARED = linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS


def main(descriptor: int) -> None:
    """Serve `descriptor`, a Unix socket of whole packets."""
    control = socket.socket(fileno=descriptor)
    config = json.loads(control.recv(MESSAGE_BYTES))
    try:
        entry = importlib.import_module(config["entry"])
        isolated = config["isolation"] == FULL and config["plan"] is not None
        own_pids = -1
        if isolated:
            own_pids, size = isolate(root.Plan.from_record(config["plan"]), config)
        else:
            size = _open_size()
        linux.forbid_new_privileges()
        linux.adopt_orphans()
        entry.prepare(config)
    except Exception as error:
        control.send(json.dumps({"problem": f"{type(error).__name__}: {error}"}).encode())
        sys.exit(1)
    Server(control, entry, config, own_pids, size).serve()


def isolate(plan: root.Plan, config: dict[str, Any]) -> tuple[int, int]:
    """Go on in new namespaces under a new root; the process that called never returns.

    Returns two descriptors of what cannot be named in there: the new pid namespace, by which
    `Server` goes back to it, and the template's own size.
    """
    outside = _outside_ids()
    told, tell = os.pipe()
    go_read, go_write = os.pipe()
    middle = os.fork()
    if middle:
        os.close(tell), os.close(go_read)
        if os.read(told, 1):
            _map_ids(middle, *outside)
            os.write(go_write, b"1")
        os._exit(os.waitstatus_to_exitcode(os.waitpid(middle, 0)[1]) & 0xFF)
    os.close(told), os.close(go_write)
    # A guest's cgroup namespace hides the names of the cgroups that it is in.
    linux.unshare(_SHARED | linux.CLONE_NEWUSER | linux.CLONE_NEWPID | linux.CLONE_NEWCGROUP)
    os.write(tell, b"1")
    if not os.read(go_read, 1):
        os._exit(1)
    os.close(tell), os.close(go_read)
    template = os.fork()
    if template:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(template, 0)[1]) & 0xFF)
    own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    size = _open_size()
    # In here nobody makes another user namespace, where capabilities would be had for asking.
    with open("/proc/sys/user/max_user_namespaces", "w") as sysctl:
        sysctl.write("0")
    sources = root.Sources(plan)
    os.setresgid(INSIDE_ID, INSIDE_ID, INSIDE_ID)
    os.setresuid(INSIDE_ID, INSIDE_ID, INSIDE_ID)
    root.enter(plan, sources, config["limits"]["disk_bytes"])
    return own_pids, size


def _open_size() -> int:
    return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)


def _outside_ids() -> tuple[int, int]:
    """Whose files and limits the inside counts as: nobody's if root asks, else the caller's."""
    if os.geteuid():
        return os.geteuid(), os.getegid()
    os.setgroups([])
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _map_ids(pid: int, user: int, group: int) -> None:
    if os.geteuid():  # the kernel lets an ordinary user map groups only after this
        _write(f"/proc/{pid}/setgroups", "deny")
    _write(f"/proc/{pid}/uid_map", f"{INSIDE_ID} {user} 1")
    _write(f"/proc/{pid}/gid_map", f"{INSIDE_ID} {group} 1")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


class Server:
    """Obeys the control socket: import modules, start a child, end one."""

    def __init__(
        self,
        control: socket.socket,
        entry: ModuleType,
        config: dict[str, Any],
        own_pids: int,
        size: int,
    ) -> None:
        self._control = control
        self._entry = entry
        self._config = config
        self._own_pids = own_pids
        self._size = size
        self._discarded: list[int] = []

    def serve(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # What is loaded stays for good; the collector need not touch (and so copy) its pages.
        gc.collect()
        gc.freeze()
        self._say(ready=True)
        while True:
            data, descriptors, *_ = socket.recv_fds(self._control, MESSAGE_BYTES, 8)
            if not data:
                return
            message = json.loads(data)
            if message["do"] == "import":
                self._import(message["modules"])
            elif message["do"] == "spawn":
                self._spawn(descriptors)
            elif message["do"] == "end":
                self._say(status=self._end(message["pid"]))
            elif message["do"] == "discard":
                self._kill_all_of(message["pid"])
                self._discarded.append(message["pid"])  # it takes a while: see to it later

    def _say(self, **record: Any) -> None:
        self._control.send(json.dumps(record).encode())

    def _import(self, names: list[str]) -> None:
        for name in names:
            try:
                importlib.import_module(name)
            except BaseException:  # the submission will meet it, and say so
                continue
        gc.collect()
        gc.freeze()
        self._say(ready=True)

    def _spawn(self, descriptors: list[int]) -> None:
        while self._discarded:  # nothing of it may count against the next one's memory
            self._end(self._discarded.pop())
        if self._own_pids >= 0:
            linux.unshare(linux.CLONE_NEWPID)  # of the next child, not of this process
        pid = os.fork()
        if not pid:
            self._become_child(descriptors)
        if self._own_pids >= 0:
            linux.enter_namespace(self._own_pids, linux.CLONE_NEWPID)
        for descriptor in descriptors:
            os.close(descriptor)
        self._say(pid=pid)

    def _become_child(self, descriptors: list[int]) -> NoReturn:
        try:
            loaded = int(os.pread(self._size, 64, 0).split()[0]) * resource.getpagesize()
            self._control.close()
            if self._own_pids >= 0:
                _shut_in(self._config["limits"]["disk_bytes"])
            else:
                os.setsid()
            _keep_only(descriptors)
            if self._own_pids >= 0:
                _become_init(descriptors)
            self._entry.run(descriptors, self._config, loaded)
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(70)

    def _end(self, pid: int) -> int:
        """Kill the child, if it lives, with all that it started; how it ended."""
        self._kill_all_of(pid)
        _, status = os.waitpid(pid, 0)
        if self._own_pids < 0:
            self._reap_strays()
        return os.waitstatus_to_exitcode(status)

    def _kill_all_of(self, pid: int) -> None:
        if self._own_pids < 0:
            _kill(lambda: os.killpg(pid, signal.SIGKILL))
        _kill(lambda: os.kill(pid, signal.SIGKILL))

    def _reap_strays(self) -> None:
        """What had left the child's group without a pid namespace is our child now: end it."""
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                for stray in _children():
                    _kill(lambda stray=stray: os.kill(stray, signal.SIGKILL))


def _children() -> list[int]:
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(pid) for pid in file.read().split()]


def _kill(call: Callable[[], None]) -> None:
    with contextlib.suppress(ProcessLookupError):
        call()


def _shut_in(disk_bytes: int) -> None:
    linux.unshare(_SHARED)
    root.make_home(disk_bytes)
    linux.drop_capabilities()
    landlock.restrict(root.PRIVATE)
    seccomp.refuse_calls()


def _keep_only(descriptors: list[int]) -> None:
    """Close every descriptor but these, and lead the standard ones nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    kept = sorted(descriptors)
    start = 3
    for descriptor in kept:
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _become_init(descriptors: list[int]) -> None:
    """Fork again: this process, pid 1, waits; the child returns, to run the student's code.

    The kernel protects pid 1 from signals sent inside, and ends everything when it ends.
    """
    linux.forbid_tracing()
    guest = os.fork()
    if not guest:
        return
    for descriptor in descriptors:
        os.close(descriptor)
    while True:
        pid, status = os.wait()
        if pid == guest:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
