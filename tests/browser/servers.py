"""A JupyterLab server of a test's own, with nothing of the user's, ended with its kernels."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

TOKEN = "lectures"
WAIT = 180_000  # milliseconds; long, since other tests may have the machine
# JupyterLab shows a traceback as it shows what is written to stderr.
ERROR = '.jp-OutputArea [data-mime-type="application/vnd.jupyter.stderr"]'


@contextmanager
def jupyterlab(
    folder: Path,
    home: Path,
    environment: Mapping[str, str] | None = None,
    *,
    command: Sequence[str] = (),
) -> Iterator[str]:
    """The address of a JupyterLab over `folder`, which keeps what it must in `home`.

    `command` is what a person types to start it, run in `folder`.
    """
    plain = (sys.executable, "-m", "jupyterlab", "--allow-root")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *(command or (*plain, f"--ServerApp.root_dir={folder}")),
            *("--no-browser", "--ip", "127.0.0.1", "--port", str(port)),
            f"--IdentityProvider.token={TOKEN}",
        ],
        cwd=folder,
        env={
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "IPYTHONDIR": str(home / "ipython"),
            **(environment or {}),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api", server)
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _wait_for(address: str, server: subprocess.Popen) -> None:
    for _ in range(360):
        assert server.poll() is None, "JupyterLab ended while starting"
        with suppress(OSError), urllib.request.urlopen(address, timeout=1):
            return
        time.sleep(0.5)
    raise TimeoutError("JupyterLab did not answer within three minutes")
