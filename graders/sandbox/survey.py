"""Which walls this machine can put around student code, in plain words, each one tried."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from graders.limits import Limits
from graders.sandbox import landlock, linux, seccomp
from graders.sandbox.cgroup import Cgroup


@dataclass(frozen=True, slots=True)
class Layer:
    """One wall. `needed`: without it, grading refuses to run student code by default."""

    name: str
    present: bool
    needed: bool
    meaning: str
    remedy: str = ""


_NAMESPACES = (
    ("user", linux.CLONE_NEWUSER, "student code has no rights of the account that grades"),
    ("process", linux.CLONE_NEWPID, "it sees and signals no process but its own"),
    ("mount", linux.CLONE_NEWNS, "it sees the interpreter and its libraries, no other file"),
    ("network", linux.CLONE_NEWNET, "it has no network, not even to this machine"),
    ("ipc", linux.CLONE_NEWIPC, "it shares no memory with other processes"),
    ("host name", linux.CLONE_NEWUTS, "it does not learn this machine's name"),
)
_USER_REMEDY = (
    "Allow unprivileged user namespaces (sysctl user.max_user_namespaces, and on Ubuntu "
    "kernel.apparmor_restrict_unprivileged_userns=0), or run in a container that is started "
    "with --security-opt seccomp=unconfined."
)
_CGROUP_REMEDY = (
    "Run under 'systemd-run --user --scope -p Delegate=yes', or as root. Until then a "
    "submission's memory is limited for each of its processes, not for all together."
)


def layers() -> list[Layer]:
    """Every wall, tried on this machine now."""
    if sys.platform != "linux":
        meaning = "student code can only be shut in on Linux"
        return [
            Layer("linux", False, True, meaning, "Grade on Linux, in a container or WSL 2.")
        ]
    found = []
    for name, flag, meaning in _NAMESPACES:
        present = _possible(lambda flag=flag: linux.unshare(linux.CLONE_NEWUSER | flag))
        found.append(
            Layer(f"{name} namespace", present, True, meaning, "" if present else _USER_REMEDY)
        )
    present = _possible(_private_mount)
    meaning = "files are read-only, and what it writes is limited and gone afterwards"
    found.append(
        Layer("own file system", present, True, meaning, "" if present else _USER_REMEDY)
    )
    present = _possible(linux.forbid_new_privileges)
    found.append(Layer("no new privileges", present, True, "no program gives it more rights"))
    found.append(_seccomp_layer())
    found.append(_landlock_layer())
    found.append(
        Layer(
            "resource limits", True, True, "memory, time and files of a process end somewhere"
        )
    )
    return found + _cgroup_layers()


def missing_layers() -> list[str]:
    """What is needed and not there, a phrase each; nothing where student code may run."""
    return [f"no {layer.name}" for layer in layers() if layer.needed and not layer.present]


def _seccomp_layer() -> Layer:
    def attempt() -> None:
        linux.forbid_new_privileges()
        seccomp.refuse_calls()
        if not seccomp.available():
            raise OSError("no filter is known for this kind of processor")

    remedy = "The filter is known for x86_64 and aarch64, and the kernel must allow seccomp."
    present = _possible(attempt)
    meaning = "keyrings, tracing, io_uring and other corners of the kernel are closed to it"
    return Layer("system call filter", present, False, meaning, "" if present else remedy)


def _landlock_layer() -> Layer:
    def attempt() -> None:
        linux.forbid_new_privileges()
        landlock.restrict("/tmp")
        if not landlock.version():
            raise OSError("no Landlock")

    remedy = "Linux has it from 5.13 on, where 'landlock' stands in the kernel's option lsm=."
    present = _possible(attempt)
    meaning = "files and networks are locked a second time, should the first lock fail"
    return Layer("Landlock", present, False, meaning, "" if present else remedy)


def _cgroup_layers() -> list[Layer]:
    group = Cgroup.create(Limits())
    controllers = group.controllers if group else []
    if group:
        group.remove()
    meanings = {
        "memory": "all processes of a submission together have one memory limit",
        "pids": "all processes of a submission together are counted",
    }
    return [
        Layer(f"control group: {name}", name in controllers, False, meaning,
              "" if name in controllers else _CGROUP_REMEDY)
        for name, meaning in meanings.items()
    ]  # fmt: skip


def _possible(attempt: Callable[[], object]) -> bool:
    """Whether `attempt` succeeds, tried in a process of its own."""
    child = os.fork()
    if not child:
        try:
            attempt()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _private_mount() -> None:
    linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("tmpfs", "/", "tmpfs", linux.MS_NOSUID)
