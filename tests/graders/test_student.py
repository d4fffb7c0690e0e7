"""What students have: where they stand, what they hand in, on whatever machine they have."""

import json
import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from small_notebooks import answer, given, graded, notebook, submission

from graders import cli
from graders.student import exercise, pack
from graders.student.exercise import ExerciseProblem, as_released, read
from graders.student.progress import progress

TOP = Path(__file__).resolve().parents[2]
RIGHT_F = "def df(x):\n    return 2 * x"


def cell(kind, source, count=None):
    made = {"cell_type": kind, "metadata": {}, "source": source}
    return made | ({"outputs": [], "execution_count": count} if kind == "code" else {})


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "exercises" / "ps1"
    place.mkdir(parents=True)
    return place


def save(folder, *cells, run=True, name="p1"):
    made = json.loads(notebook(*cells))
    for count, one in enumerate((c for c in made["cells"] if c["cell_type"] == "code"), 1):
        one["execution_count"] = count if run else None
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(made))
    return path


def test_a_notebook_is_read_as_questions(folder):
    path = save(folder, *submission(df=RIGHT_F))
    asked = read(path).questions
    assert [(q.id, q.points, q.answered) for q in asked] == [
        ("df_test", 2.0, True),
        ("dg_test", 3.0, False),
        ("why", 4.0, False),
    ]
    assert asked[0].title == "Slopes"
    assert "assert df(1) == 2" in asked[0].test
    assert asked[2].test == ""


@pytest.mark.parametrize("data", ["", "[]", '{"cells": 3}', '{"cells": [1]}', "Dear professor"])
def test_what_is_no_notebook_is_explained(folder, data):
    (folder / "p1.ipynb").write_text(data)
    with pytest.raises(ExerciseProblem, match=r"p1\.ipynb is no notebook.*fresh copy"):
        read(folder / "p1.ipynb")


def test_progress_runs_the_checks_on_what_is_defined(folder, monkeypatch):
    path = save(folder, *submission(df=RIGHT_F, dg="def dg(x):\n    return x", why="So."))
    names = {"__vsc_ipynb_file__": str(path), "df": lambda x: 2 * x, "dg": lambda x: x}
    monkeypatch.setattr("graders.student.progress._namespace", lambda: names)
    found = progress()
    assert [line.state for line in found.lines] == ["passes", "fails", "a person marks it"]
    assert found.summary == (
        "3 of 3 questions attempted, 1 of 2 checks pass, worth up to 2 of 9 points."
    )
    assert "Hidden tests follow" in repr(found)
    assert "<td>●</td>" in found._repr_html_()
    assert set(names) == {"__vsc_ipynb_file__", "df", "dg"}, "checks leave nothing behind"
    names["df"] = None
    assert "TypeError" in progress(path).lines[0].said


def test_progress_in_a_kernel_as_jupyter_starts_it(folder):
    import nbformat
    from nbclient import NotebookClient

    path = save(folder, given("import math"), *submission(df=RIGHT_F))
    made = nbformat.read(path, as_version=4)
    made.cells = [
        nbformat.v4.new_code_cell(RIGHT_F),
        nbformat.v4.new_code_cell("from graders import progress\nprogress()"),
    ]
    environment = {"JPY_SESSION_NAME": str(path), "PYTHONPATH": str(TOP)}
    client = NotebookClient(made, resources={"metadata": {"path": str(folder)}})
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        client.execute()
    data = made.cells[1].outputs[0]["data"]
    assert "1 of 3 questions attempted, 1 of 2 checks pass" in data["text/html"]
    assert "1 of 3 questions attempted" in data["text/plain"]


def test_which_notebook_is_asked_when_it_cannot_be_known(folder, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(folder)
    with pytest.raises(ExerciseProblem, match="write its name"):
        progress()
    save(folder, *submission(df=RIGHT_F))
    assert len(progress().lines) == 3
    with pytest.raises(ExerciseProblem, match="There is no"):
        progress("gone.ipynb")


def test_everything_answered_is_packed_without_a_word(folder, capsys):
    save(folder, *submission(df=RIGHT_F, dg=RIGHT_F.replace("df", "dg"), why="A limit."))
    (folder / "data.csv").write_text("1")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "p1.ipynb").write_text("old")
    top = folder.parents[1]
    assert pack.main(["ps1"], top) == 0
    said = capsys.readouterr().out
    assert "3 of 3 questions answered, worth 9 of 9 points" in said
    with zipfile.ZipFile(top / "to_hand_in" / "ps1.zip") as archive:
        assert archive.namelist() == ["data.csv", "p1.ipynb"]
    for _ in range(2):
        pack.pack(folder, folder)
    with zipfile.ZipFile(folder / "ps1.zip") as archive:
        assert archive.namelist() == ["data.csv", "p1.ipynb"], "not the file of the last time"


@pytest.mark.parametrize(
    ("cells", "run", "worry"),
    [
        (submission(df=RIGHT_F), True, "'Slopes' is not answered"),
        (
            submission(df="def df(x)\n    return"),
            True,
            "Line 1 of code cell 2 is not Python yet",
        ),
        (submission(df=RIGHT_F), False, "No cell was run"),
        (
            [*submission(), graded("df_test", "assert True"), answer("z", "1")],
            True,
            "is there twice",
        ),
    ],
)
def test_what_is_missing_is_said_before_it_is_too_late(folder, capsys, cells, run, worry):
    save(folder, *cells, run=run)
    assert pack.main(["ps1"], folder.parents[1]) == 1
    said = capsys.readouterr().out
    assert worry in said
    assert "Hand in this file" in said, "something is better than nothing"


def test_cells_run_in_another_order_are_noticed(folder, capsys):
    path = save(folder, *submission(df=RIGHT_F))
    made = json.loads(path.read_text())
    code = [c for c in made["cells"] if c["cell_type"] == "code"]
    code[0]["execution_count"], code[1]["execution_count"] = 9, 2
    path.write_text(json.dumps(made))
    pack.main(["ps1"], folder.parents[1])
    assert "not from top to bottom" in capsys.readouterr().out


def test_a_lost_question_is_noticed(folder, capsys, monkeypatch, tmp_path):
    path = save(folder, *submission(df=RIGHT_F))
    record = tmp_path / "released.json"
    record.write_text(as_released({"ps1": {"p1": path}}))
    monkeypatch.setattr(exercise, "RELEASED", record)
    made = json.loads(path.read_text())
    made["cells"] = [
        c
        for c in made["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade_id") not in ("dg", "dg_test")
    ]
    path.write_text(json.dumps(made))
    assert pack.main(["ps1"], folder.parents[1]) == 1
    assert "is gone" in capsys.readouterr().out


def test_without_a_name_it_says_how_far_each_is(folder, capsys):
    save(folder, *submission(df=RIGHT_F))
    assert pack.main([], folder.parents[1]) == 0
    assert "1 of 3 questions answered, worth 2 of 9 points" in capsys.readouterr().out
    assert pack.main(["--help"], folder.parents[1]) == 0
    assert pack.main(["ps7"], folder.parents[1]) == 2
    assert "There are: ps1" in capsys.readouterr().out


def test_the_command(folder, capsys, monkeypatch):
    save(folder, *submission(df=RIGHT_F))
    monkeypatch.chdir(folder.parents[1])
    assert cli.main(["pack", "ps1", "--json"]) == 1
    about = json.loads(capsys.readouterr().out)
    assert Path(about["file"]).is_file()
    assert "'Slopes' is not answered." in about["look"]
    assert cli.main(["pack", "ps2"]) == 2
    assert "There are: ps1" in capsys.readouterr().err


ELSEWHERE = """
    # What the standard library and NumPy do about it is theirs.
    import os, sys, numpy, tempfile, random, socket, subprocess, pathlib, zipfile
    import unittest.mock, asyncio, multiprocessing, concurrent.futures
    GONE = {"fcntl", "resource", "pwd", "grp", "termios", "pty", "tty", "syslog", "posix"}
    for name in ("fork", "forkpty", "geteuid", "getuid", "getgid", "setuid", "killpg",
                 "sched_getaffinity", "sched_setaffinity", "setsid", "getpgid", "wait4",
                 "uname", "chown", "mkfifo", "getloadavg", "sysconf", "memfd_create"):
        if hasattr(os, name):
            delattr(os, name)
    for name in GONE:
        sys.modules[name] = None
    import minigrad, minigrad.nn, minigrad.optim, minigrad.func, minigrad.viz, minigrad.autograd
    from graders import check, progress
    from graders.student.pack import main
    x = minigrad.tensor([1.0, 2.0], requires_grad=True)
    (x ** 2).sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]
    assert check.gradient(lambda x: (x ** 2).sum(), lambda x: 2 * x, at=[1.0, 2.0])
    assert main(["ps1"], pathlib.Path(sys.argv[1])) == 1
    print("works")
"""


def test_the_students_half_needs_no_linux(folder):
    """As on Windows: without the modules and functions that only Unix has."""
    save(folder, *submission(df=RIGHT_F))
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(ELSEWHERE), str(folder.parents[1])],
        cwd=TOP,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith("works\n"), done.stderr


def test_a_python_without_ensurepip_is_told_what_to_install(tmp_path):
    code = (
        "import importlib.util, runpy, sys\n"
        "real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda n, *a: None if n == 'ensurepip' else real(n, *a)\n"
        "runpy.run_path(sys.argv[1], run_name='__main__')\n"
    )
    start = TOP / "graders" / "bundle" / "start.py"
    done = subprocess.run(
        [sys.executable, "-c", code, str(start)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "sudo apt install python3." in done.stdout
    assert "-venv" in done.stdout
