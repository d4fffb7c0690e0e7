"""A PostgreSQL server of the tests' own: a folder, a Unix socket, no port, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEADLINE = 120  # seconds


def programs() -> Path | None:
    """Where the server's programs are; Debian keeps them from the search path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


@contextmanager
def server() -> Iterator[str]:
    """SQLAlchemy's address of an empty database."""
    where = programs()
    assert where is not None
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's path has 107 characters
    account: dict[str, str] = {}
    if os.geteuid() == 0:  # the server refuses to be root
        account = {"user": _ordinary_user(), "group": "nogroup"}
        os.chown(folder, pwd.getpwnam(account["user"]).pw_uid, -1)
    data = folder / "data"
    subprocess.run(
        [where / "initdb", "-D", data, "-A", "trust", "-U", "course", "-E", "UTF8", "-N"],
        check=True, cwd=folder, stdout=subprocess.DEVNULL, **account,
    )  # fmt: skip
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [where / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-F"],
            cwd=folder, stdout=log, stderr=log, **account,
        )  # fmt: skip
    try:
        end = time.monotonic() + DEADLINE
        ready = [where / "pg_isready", "-q", "-h", folder, "-U", "course", "-d", "postgres"]
        while subprocess.run(ready, check=False).returncode:
            alive = process.poll() is None and time.monotonic() < end
            assert alive, (folder / "log").read_text()
            time.sleep(0.05)
        yield f"postgresql+psycopg://course@/postgres?host={folder}"
    finally:
        process.send_signal(signal.SIGINT)  # its fast shutdown, which waits for no client
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> str:
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
