"""Start the course: python start.py

Makes an environment of its own in this folder (.venv) the first time, which takes a minute or
two and needs the internet, and opens JupyterLab at the map of the course. Nothing outside this
folder is touched; deleting the folder removes everything.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE / ".venv" / ("Scripts" if os.name == "nt" else "bin")
PYTHON = FOLDER / ("python.exe" if os.name == "nt" else "python")
MAP = "lectures/00_map.ipynb"
READY = HERE / ".venv" / ".ready"
FILES = (HERE / "requirements.txt", HERE / "versions.txt")
# Settings, signatures and history of JupyterLab would otherwise be shared with any other.
OWN = {
    "JUPYTER_CONFIG_DIR": HERE / ".jupyter",
    "JUPYTER_DATA_DIR": HERE / ".jupyter" / "data",
    "IPYTHONDIR": HERE / ".jupyter" / "ipython",
}
# A line in the environment's own packages, so that other editors find minigrad there as well.
FIND_THE_COURSE = (
    "import pathlib, sys, sysconfig; "
    "pathlib.Path(sysconfig.get_path('purelib'), 'course.pth').write_text(sys.argv[1] + '\\n')"
)


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 (whoever starts this has what they have)
        print(f"This course needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        print("Get it from https://www.python.org/downloads/ and run this again with it.")
        return 1
    if importlib.util.find_spec("ensurepip") is None:
        # Debian and Ubuntu keep what `python -m venv` needs in a package of its own.
        version = "{}.{}".format(*sys.version_info)
        print("This Python cannot make environments. On Debian or Ubuntu, this mends it:")
        print(f"    sudo apt install python{version}-venv")
        print("Then run this again.")
        return 1
    environment = dict(os.environ, **{name: str(path) for name, path in OWN.items()})
    settings = [str(HERE / "settings"), environment.get("JUPYTER_CONFIG_PATH")]
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, settings))
    # The folder is in it because an environment does not survive being moved.
    wanted = "".join(path.read_text(encoding="utf-8") for path in FILES) + str(HERE)
    if not READY.exists() or READY.read_text(encoding="utf-8") != wanted:
        print("Setting up, once; this takes a minute or two.")
        folders = ("lectures", "exercises")
        notebooks = [str(path) for name in folders for path in (HERE / name).rglob("*.ipynb")]
        steps = (
            [sys.executable, "-m", "venv", "--clear", str(HERE / ".venv")],
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "-r", str(HERE / "requirements.txt")],
            [str(PYTHON), "-c", FIND_THE_COURSE, str(HERE)],
            [str(PYTHON), "-m", "jupyter", "trust", *notebooks],
        )  # fmt: skip
        for step in steps:
            if subprocess.run(step, cwd=HERE, env=environment).returncode != 0:
                print("That did not work; the lines above say why. Mend it and run this again.")
                return 1
        for notebook in notebooks:
            os.utime(notebook)  # the zip says 1980, so that the same course is the same bytes
        READY.write_text(wanted, encoding="utf-8")
    first = MAP if (HERE / MAP).is_file() else "exercises"
    lab = [str(PYTHON), "-m", "jupyter", "lab", f"--ServerApp.root_dir={HERE}",
           f"--LabApp.default_url=/lab/tree/{first}", *sys.argv[1:]]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        lab.append("--allow-root")  # as in most containers
    try:
        return subprocess.run(lab, cwd=HERE, env=environment).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
