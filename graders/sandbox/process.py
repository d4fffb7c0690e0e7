"""The worker's end of a template: start it, have it fork, end what it forked."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from multiprocessing.util import Finalize
from typing import Any

from graders.limits import Limits
from graders.sandbox import root
from graders.sandbox.cgroup import Cgroup
from graders.sandbox.scratch import Scratch
from graders.sandbox.template import FULL, MESSAGE_BYTES

START_SECONDS = 60.0
_BOOT = (
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from graders.sandbox.template import main; main(int(sys.argv[1]))"
)


class SandboxError(RuntimeError):
    """A template cannot be started, or has died; the text says what it said."""


class Template:
    """One template process; `entry` names the module whose `run` its children do.

    It starts without waiting, so that several start at once; `wait` ends when it is there.
    """

    def __init__(self, entry: str, limits: Limits, *, isolation: str) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `close`)
        self._limits = limits
        self._ready = False
        self._scratch = Scratch()
        self.cgroup = Cgroup.create(limits) if isolation == FULL else None
        own, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = own
        # Runs at the end of worker processes too, which leave without `atexit`.
        self._at_exit = Finalize(None, self.close, exitpriority=1)
        try:
            self._start(entry, isolation, theirs)
        except BaseException:
            self.close()
            raise

    def _start(self, entry: str, isolation: str, theirs: socket.socket) -> None:
        plan = root.plan()
        search_path = plan.search_path if isolation == FULL else _search_path(plan)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BOOT, str(theirs.fileno()), *search_path],
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            pass_fds=[theirs.fileno()],
            env=_environment(self._scratch.path, isolation),
            start_new_session=True,  # a Ctrl-C at the terminal is the coordinator's to handle
        )
        theirs.close()
        if self.cgroup is not None:
            self.cgroup.add(self._process.pid)
        self._tell(
            entry=entry,
            isolation=isolation,
            plan=plan.to_record() if isolation == FULL else None,
            limits=asdict(self._limits),
            directory=self._scratch.path,
        )

    def wait(self) -> None:
        """Wait until it has loaded its libraries and can fork."""
        if not self._ready:
            self._heard(START_SECONDS)
            if self.cgroup is not None:
                self.cgroup.limit(self._limits)
            self._ready = True

    def load(self, modules: list[str]) -> None:
        """Import modules in the template, so that its children have them already."""
        self.wait()
        self._tell(do="import", modules=modules)
        self._heard(START_SECONDS)

    def spawn(self, *descriptors: int) -> None:
        """Have it fork a child that holds these descriptors, copied; `spawned` comes next."""
        self.wait()
        try:
            socket.send_fds(self._control, [b'{"do": "spawn"}'], list(descriptors))
        except OSError:
            raise self._dead() from None

    def spawned(self) -> int:
        """The number of the child that was asked for, for `end`."""
        return self._heard(10.0)["pid"]

    def end(self, child: int) -> int:
        """Kill a child with all that it started; its exit code, negative for a signal."""
        self._tell(do="end", pid=child)
        return self._heard(10.0)["status"]

    def discard(self, child: int) -> None:
        """Kill a child with all that it started; how it ended is of no interest."""
        self._tell(do="discard", pid=child)

    def killed_for_memory(self) -> int:
        """How many of its processes the kernel has ended for want of memory so far."""
        return self.cgroup.killed() if self.cgroup is not None else 0

    def close(self) -> None:
        """End the template and with it every child."""
        self._at_exit.cancel()
        self._control.close()
        with contextlib.suppress(AttributeError):  # it never came to start one
            self._end_process()
        if self.cgroup is not None:
            self.cgroup.remove()
        self._errors.close()
        self._scratch.remove()

    def _end_process(self) -> None:
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _tell(self, **message: Any) -> None:
        try:
            self._control.send(json.dumps(message).encode())
        except OSError:
            raise self._dead() from None

    def _heard(self, seconds: float) -> dict[str, Any]:
        self._control.settimeout(seconds)
        try:
            data = self._control.recv(MESSAGE_BYTES)
        except TimeoutError:
            raise SandboxError(f"the sandbox did not answer within {seconds:.0f} s") from None
        except OSError:
            data = b""
        if not data:
            raise self._dead()
        answer = json.loads(data)
        if "problem" in answer:
            raise SandboxError(answer["problem"])
        return answer

    def _dead(self) -> SandboxError:
        time.sleep(0.05)  # for its last words
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode("utf-8", "replace").strip()
        return SandboxError(f"the sandbox ended: {said or 'without a word'}")


def _search_path(plan: root.Plan) -> list[str]:
    """A trusted template's: all that this process has, for a course may bring modules."""
    own = [os.path.abspath(path) for path in sys.path if path]
    return list(dict.fromkeys([*plan.search_path, *own]))


def _environment(directory: str, isolation: str) -> dict[str, str]:
    """Nothing of ours: a fixed hash seed, one thread for each numerical library, a place."""
    home = root.HOME if isolation == FULL else directory
    environment = {
        "HOME": home,
        "TMPDIR": root.TEMPORARY if isolation == FULL else directory,
        "PATH": os.path.dirname(sys.executable),
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "NBGRADER_EXECUTION": "autograde",
    }
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "BLIS")
    return environment | {f"{name}_NUM_THREADS": "1" for name in threads}
