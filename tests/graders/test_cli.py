"""The command line, as a person and as a script use it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_course import BAD_G, GOOD_F, GOOD_G, hand_in, handed_in, make_course, marks
from small_notebooks import graded, notebook, source

from graders import cli
from graders.report import Report
from graders.sandbox import missing_layers

sandboxed = pytest.mark.skipif(bool(missing_layers()), reason="this machine has no sandbox")


def graders(*arguments, cwd=None, **environment):
    return subprocess.run(
        [sys.executable, "-m", "graders", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Submissions good, half right and awkward beside their source."""
    top = tmp_path_factory.mktemp("some notebooks")
    (top / "source.ipynb").write_bytes(source())
    (top / "good.ipynb").write_bytes(handed_in(df=GOOD_F, dg=GOOD_G, why="A limit."))
    (top / "half.ipynb").write_bytes(handed_in(df=GOOD_F, dg=BAD_G))
    (top / "empty.ipynb").write_bytes(b"")
    (top / "cut.ipynb").write_bytes(source()[:400])
    (top / "nul.ipynb").write_bytes(b"\0" * 900)
    (top / "text.ipynb").write_text("Dear professor, my laptop")
    (top / "folder.ipynb").mkdir()
    return top


def test_help_imports_nothing_that_takes_long():
    code = "import sys, graders.cli as c; c.main([]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert {"numpy", "nbformat", "nbgrader", "sqlalchemy"}.isdisjoint(done.stderr.split())


def test_help_fits_one_screen():
    done = graders("--help")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) < 24
    assert max(map(len, done.stdout.splitlines())) <= 100


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"usage: graders {command}" in said
    assert len(said.splitlines()) < 30


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["run"], ["grade", "ps1", "--workers", "0"]]
)
def test_wrong_usage_is_2(arguments):
    done = graders(*arguments)
    assert done.returncode == 2
    assert "usage" in done.stdout + done.stderr


@sandboxed
def test_run_gives_one_json_line_a_submission_in_order(folder):
    names = ["half", "good", "empty", "cut", "nul", "text", "folder", "gone"]
    paths = [folder / f"{name}.ipynb" for name in names]
    done = graders("run", folder / "source.ipynb", *paths, "--json", "--workers", 2)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["submission"] for line in lines] == [str(path) for path in paths]
    by_name = dict(zip(names, lines, strict=True))
    assert [by_name[n]["score"] for n in names] == [2.0, 5.0, 0, 0, 0, 0, 0, 0]
    assert all(line["max_score"] == 9.0 for line in lines)
    for line in lines:
        assert [q["id"] for q in line["questions"]] == ["df_test", "dg_test", "why"]
        assert [q["max_points"] for q in line["questions"]] == [2.0, 3.0, 4.0]
        Report.from_json(json.dumps(line))
    for name in names[2:]:
        assert {q["status"] for q in by_name[name]["questions"]} == {"missing"}
        assert by_name[name]["problem"].endswith(".")
    assert [q["status"] for q in by_name["half"]["questions"]] == [
        "passed",
        "failed",
        "missing",
    ]


@sandboxed
def test_run_is_0_when_all_is_well_and_says_it_in_words(folder):
    done = graders("run", folder / "source.ipynb", folder / "good.ipynb")
    assert done.returncode == 0
    assert "5 / 9" in done.stdout
    assert "\x1b" not in done.stdout, "no colour but on a terminal"


@sandboxed
def test_run_keeps_the_limits_it_is_given(tmp_path):
    (tmp_path / "source.ipynb").write_bytes(source())
    (tmp_path / "endless.ipynb").write_bytes(
        handed_in(df="def df(x):\n    while True: pass", dg=GOOD_G)
    )
    done = graders(
        "run", tmp_path / "source.ipynb", tmp_path / "endless.ipynb", "--json",
        "--limit", "cell_seconds=1", "--limit", "question_seconds=1",
    )  # fmt: skip
    questions = {q["id"]: q for q in json.loads(done.stdout)["questions"]}
    assert questions["df_test"]["status"] == "timeout"
    assert questions["dg_test"]["points"] == 3.0
    for wrong in ("cell_seconds=soon", "no_such=3", "cell_seconds=-1"):
        done = graders("run", tmp_path / "source.ipynb", "x.ipynb", "--limit", wrong)
        assert done.returncode == 2


@sandboxed
def test_a_terminal_escape_in_a_name_or_an_answer_does_not_reach_the_terminal(tmp_path):
    (tmp_path / "source.ipynb").write_bytes(source())
    evil = tmp_path / "\x1b]0;owned\x07.ipynb"
    evil.write_bytes(handed_in(df="def df(x):\n    raise ValueError('\\x1b[2J gone')"))
    done = graders("run", tmp_path / "source.ipynb", evil)
    assert "\x1b" not in done.stdout + done.stderr
    done = graders("run", tmp_path / "\x1b[2Jnowhere.ipynb", evil)
    assert "nowhere" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (notebook(graded("a", ""), graded("a", "")), "two cells have the nbgrader id"),
    ],
)
def test_a_source_that_cannot_be_used_is_2(tmp_path, data, words):
    (tmp_path / "s.ipynb").write_bytes(data)
    done = graders("run", tmp_path / "s.ipynb", tmp_path / "s.ipynb")
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_course_grade_says_so(tmp_path):
    done = graders("grade", "ps1", cwd=tmp_path)
    assert done.returncode == 2
    assert "is not a course folder" in done.stderr
    assert "Traceback" not in done.stderr


@sandboxed
def test_grade_and_report_in_a_course(tmp_path):
    folder = make_course(tmp_path)
    hand_in(folder, "ada", handed_in(df=GOOD_F, dg=GOOD_G))
    hand_in(folder, "bob", b"")
    done = graders("grade", "ps1", cwd=folder)
    assert done.returncode == 1
    assert "2 submissions, 2 graded" in done.stdout
    assert "needs a look  bob  The file is empty." in done.stdout
    done = graders("grade", "ps1", "--student", "ada", cwd=folder)
    assert done.returncode == 0
    assert graders("grade", "ps2", cwd=folder).returncode == 2
    (folder / "submitted" / "ada" / "ps2").mkdir()
    done = graders("grade", "ps1", "--json", cwd=folder)
    assert done.returncode == 1
    ada, bob, stray = map(json.loads, done.stdout.splitlines())
    assert ada == {
        "student": "ada",
        "score": 5.0,
        "max_score": 9.0,
        "fresh": False,
        "look": None,
    }
    assert bob["look"] == "The file is empty."
    assert "belongs to no assignment" in stray["note"]
    done = graders("grade", "ps1", "--quiet", "--force", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")

    done = graders("report", "ps1", cwd=folder)
    assert done.returncode == 1, "bob still needs a look"
    page = (folder / "reports/ps1/class_report.html").read_text()
    assert "ada" in page
    assert "BEGIN HIDDEN" not in page


@pytest.mark.parametrize("command", sorted(set(cli.COMMANDS) - {"lab", "demo", "completion"}))
def test_scripts_can_ask_every_command_for_lines_or_for_silence(command):
    _, parser = cli.command_parser(command)
    assert {"--json", "--quiet"} <= set(parser._option_string_actions)


def test_doctor_says_what_there_is():
    done = graders("doctor", "--json")
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert {f["part"] for f in findings} == {"isolation", "software", "machine"}
    lacking = [f["name"] for f in findings if f["needed"] and not f["good"]]
    assert done.returncode == bool(lacking)
    assert all(f["remedy"] for f in findings if not f["good"])


def test_a_full_disk_is_the_machines_matter(monkeypatch, capsys, tmp_path):
    import graders.commands.audit as command

    def full(options):
        raise OSError(28, "No space left on device", str(tmp_path))

    monkeypatch.setattr(command, "run", full)
    assert cli.main(["audit", str(tmp_path)]) == 2
    assert "No space left on device. Free some space" in capsys.readouterr().err


def test_the_lab_opens_the_map_calmly(monkeypatch, tmp_path):
    from graders.commands import lab

    started = {}

    def remember(command, *, cwd, env, check):
        started.update(command=command, cwd=cwd, path=env["JUPYTER_CONFIG_PATH"])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(lab.subprocess, "run", remember)
    monkeypatch.setattr(lab, "_trust", lambda paths: started.update(trusted=len(paths)))
    assert cli.main(["lab", "--no-browser"]) == 0
    assert any(
        o.endswith("/lab/tree/notebooks/lectures/00_map.ipynb") for o in started["command"]
    )
    assert "--no-browser" in started["command"]
    settings = Path(started["path"].split(os.pathsep)[0])
    page = json.loads((settings / "labconfig/page_config.json").read_text())
    assert page["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"]
    assert started["trusted"] >= 3


@sandboxed
def test_ctrl_c_ends_soon_and_keeps_what_is_graded(tmp_path):
    folder = make_course(tmp_path)
    hand_in(folder, "ada", handed_in(df=GOOD_F, dg=GOOD_G))
    hand_in(folder, "zoe", handed_in(df="while True: pass"))
    process = subprocess.Popen(
        [sys.executable, "-m", "graders", "grade", "ps1", "--workers", "1"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    book = folder / "gradebook.db"  # empty until its tables are there
    while not (book.exists() and book.stat().st_size) or marks(folder).get("ada") is None:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    said = None
    while said is None:  # Python drops an interrupt inside a finaliser; people press again
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "the same command goes on" in said
    assert "Traceback" not in said
    assert marks(folder)["ada"]["df_test"] == 2.0
    assert "zoe" not in marks(folder), "it waited for the endless loop"


def completed(script, line):
    """What bash offers after `line`."""
    words = line.split(" ")
    asked = (
        f"{script}\nCOMP_WORDS=({' '.join(repr(w) for w in words)}); "
        f'COMP_CWORD={len(words) - 1}; _graders; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_bash_completes_commands_and_options(capsys):
    assert cli.main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert completed(script, "graders fee") == ["feedback"]
    assert set(completed(script, "graders ")) == set(cli.COMMANDS)
    assert completed(script, "graders export --zero") == ["--zero-for-missing"]
    assert "--json" in completed(script, "graders collect --")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_every_command(shell, capsys):
    assert cli.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(command in script for command in cli.COMMANDS)
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)
