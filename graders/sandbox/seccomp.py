"""Closes the corners of the kernel that no answer needs, by a filter on system calls.

Namespaces leave some doors open: the keyring outlives a submission, AF_VSOCK sockets reach the
host of a virtual machine, tracing and io_uring have been the way out of many a sandbox. Such
calls fail with EPERM, as if they were not allowed; all others pass. See seccomp(2).
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from graders.sandbox import linux


def _numbers(text: str) -> dict[str, int]:
    pairs = (item.split("=") for item in text.split())
    return {name: int(number) for name, number in pairs}


# Numbers from arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of
# Linux; from 424 on they are the same everywhere.
_EVERYWHERE = _numbers(
    "io_uring_setup=425 io_uring_enter=426 io_uring_register=427 open_tree=428 "
    "move_mount=429 fsopen=430 fsconfig=431 fsmount=432 fspick=433 pidfd_getfd=438 "
    "mount_setattr=442 memfd_secret=447"
)
_X86_64 = _numbers(
    "ptrace=101 syslog=103 personality=135 pivot_root=155 adjtimex=159 chroot=161 acct=163 "
    "settimeofday=164 mount=165 umount2=166 swapon=167 swapoff=168 reboot=169 iopl=172 "
    "ioperm=173 init_module=175 delete_module=176 quotactl=179 clock_settime=227 "
    "kexec_load=246 add_key=248 request_key=249 keyctl=250 unshare=272 vmsplice=278 "
    "perf_event_open=298 fanotify_init=300 open_by_handle_at=304 clock_adjtime=305 "
    "setns=308 process_vm_readv=310 process_vm_writev=311 kcmp=312 finit_module=313 "
    "kexec_file_load=320 bpf=321 userfaultfd=323"
)
_AARCH64 = _numbers(
    "umount2=39 mount=40 pivot_root=41 chroot=51 quotactl=60 vmsplice=75 acct=89 "
    "personality=92 unshare=97 kexec_load=104 init_module=105 delete_module=106 "
    "clock_settime=112 syslog=116 ptrace=117 reboot=142 settimeofday=170 adjtimex=171 "
    "add_key=217 request_key=218 keyctl=219 swapon=224 swapoff=225 perf_event_open=241 "
    "fanotify_init=262 open_by_handle_at=265 clock_adjtime=266 setns=268 "
    "process_vm_readv=270 process_vm_writev=271 kcmp=272 finit_module=273 bpf=280 "
    "userfaultfd=282 kexec_file_load=294"
)
# machine: (AUDIT_ARCH of the filter, calls refused, number of socket)
_MACHINES = {
    "x86_64": (0xC000_003E, _X86_64 | _EVERYWHERE, 41),
    "aarch64": (0xC000_00B7, _AARCH64 | _EVERYWHERE, 198),
}
_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6
_X32 = 0x4000_0000

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF_0000, 0x8000_0000, 0x0005_0000 | errno.EPERM
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def available() -> bool:
    """Whether the filter is known for this machine."""
    return platform.machine() in _MACHINES


def refuse_calls() -> None:
    """Put the filter on this process and whatever it starts, for good; needs no_new_privs."""
    if not available():
        return
    code = _filter(*_MACHINES[platform.machine()])
    instructions = ctypes.create_string_buffer(code)
    program = _Program(len(code) // 8, ctypes.addressof(instructions))
    linux.set_seccomp_filter(ctypes.addressof(program))


def _filter(architecture: int, refused: dict[str, int], socket_call: int) -> bytes:
    """The program: one comparison for each refused call, and one for the socket's family."""
    numbers, families = sorted(refused.values()), len(_FAMILIES)
    refuse = 7 + len(numbers) + families  # the places of the last two steps
    allow = refuse + 1
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]

    def compare(kind: int, value: int, yes: int | None, no: int | None = None) -> None:
        here = len(steps) + 1  # jumps count from the next step; None is the next step
        steps.append((kind, yes - here if yes else 0, no - here if no else 0, value))

    compare(_AT_LEAST, _X32, refuse)
    for number in numbers:
        compare(_EQUAL, number, refuse)
    compare(_EQUAL, socket_call, None, allow)
    steps.append((_LOAD, 0, 0, _FIRST_ARGUMENT_AT))
    for family in _FAMILIES:
        compare(_EQUAL, family, allow)
    steps.append((_RETURN, 0, 0, _REFUSE))
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("<HBBI", *step) for step in steps)
