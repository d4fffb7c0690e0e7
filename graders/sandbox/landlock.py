"""A second lock on files and networks, of another make: Landlock, where the kernel has it.

Should a mount or a namespace be set up wrong, this still refuses to write anywhere but in the
private folder, to open TCP connections, and to signal what is not the submission's own. See
landlock(7); numbers are from include/uapi/linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION, _PATH_BENEATH = 1, 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_DEVICES = 1 << 6 | 1 << 11
_TRUNCATE = 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_BIND_AND_CONNECT = 0b11
_SIGNALS_AND_ABSTRACT_SOCKETS = 0b11
# How many kinds of access to files each version of the interface knows.
_KINDS = {1: 13, 2: 14, 3: 15, 4: 15}
_NEWEST_KINDS = 16

_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scoped")]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def version() -> int:
    """Of the kernel's interface; 0 where there is none."""
    return max(0, _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION))


def restrict(private: str) -> None:
    """For good, this process and what it starts may write below `private` alone.

    Needs no_new_privs. Does nothing where the kernel has no Landlock.

    Raises:
        OSError: the kernel has it and refuses.
    """
    known = version()
    if not known:
        return
    files = (1 << _KINDS.get(known, _NEWEST_KINDS)) - 1
    ruleset = _Ruleset(
        files,
        _BIND_AND_CONNECT if known >= 4 else 0,
        _SIGNALS_AND_ABSTRACT_SOCKETS if known >= 6 else 0,
    )
    size = 8 if known < 4 else 16 if known < 6 else 24
    rules = _call(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    try:
        _allow(rules, "/", _READ)
        _allow(rules, "/dev", (_READ_FILE | _WRITE_FILE | _TRUNCATE | _READ_DIR) & files)
        _allow(rules, private, files & ~_MAKE_DEVICES)
        _call(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: str, access: int) -> None:
    folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        beneath = _Beneath(access, folder)
        _call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(beneath), 0)
    finally:
        os.close(folder)


def _call(number: int, *arguments: object) -> int:
    result = _libc.syscall(number, *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock: {os.strerror(code)}")
    return result
