"""The students' bundle, and the search for what must not be in it."""

import base64
import gzip
import io
import json
import py_compile
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from small_course import make_course
from small_notebooks import answer, graded, notebook

from graders.audit import Canaries
from graders.course import Course
from graders.release import PACKAGES, Leak, canaries_of, release

TOP = Path(__file__).parents[2]
SECRET = "slope = 3 * x ** 2 - 4 * x + 0.125"
HIDDEN = "assert abs(df(1.5) - 0.75) < 1e-12"
SOURCE = notebook(
    answer("df", f"def df(x):\n    ### BEGIN SOLUTION\n    {SECRET}\n    ### END SOLUTION"),
    graded("t", f"assert df(0) == 0\n### BEGIN HIDDEN TESTS\n{HIDDEN}\n### END HIDDEN TESTS"),
)


@pytest.fixture
def canaries():
    found = Canaries()
    found.add_source("ps1", SOURCE)
    return found


def zipped(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/a.txt", data)
    return out.getvalue()


def tarred(data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo("a.txt")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


HIDINGS = {
    "plain.txt": SECRET.encode(),
    "indented.py": f"if True:\n\t\t{SECRET}".encode(),
    "spaced.py": SECRET.replace(" ", "").encode(),
    "notebook.ipynb": notebook(answer("x", "y")).replace(b'"y"', json.dumps(SECRET).encode()),
    "lines.ipynb": json.dumps({"source": [SECRET[:12], SECRET[12:]]}).encode(),
    "escaped.json": b'{"a": "' + "".join(f"\\u{ord(c):04x}" for c in HIDDEN).encode() + b'"}',
    "a.zip": zipped(SECRET.encode()),
    "nested.zip": zipped(zipped(HIDDEN.encode())),
    "a.tar.gz": tarred(SECRET.encode()),
    "a.gz": gzip.compress(HIDDEN.encode()),
    "picture.ipynb": json.dumps(
        {"png": base64.b64encode(b"PNG" + HIDDEN.encode() * 4).decode()}
    ).encode(),
}


@pytest.mark.parametrize("name", HIDINGS)
def test_a_leak_is_found_wherever_it_is(canaries, tmp_path, name):
    (tmp_path / name).write_bytes(HIDINGS[name])
    found = list(canaries.search([tmp_path]))
    assert found
    assert all("of ps1" in finding.origin for finding in found)


def test_a_leak_in_compiled_python_is_found(tmp_path):
    private = tmp_path / "key.py"
    text = '"""The longer story of a key,\nwhich nobody outside may read."""\nANSWER = 0.75\n'
    private.write_text(text)
    py_compile.compile(str(private), cfile=str(tmp_path / "harmless.bin"))
    private.unlink()
    found = Canaries()
    found.add_private_file("keys/key.py", text)
    assert [f.origin for f in found.search([tmp_path])] == ["keys/key.py"]


def test_what_is_released_is_no_leak(canaries, tmp_path):
    (tmp_path / "a.py").write_text("def df(x):\n    return x\nassert df(0) == 0\n")
    (tmp_path / "b.zip").write_bytes(zipped(b"nothing"))
    (tmp_path / "broken.zip").write_bytes(zipped(b"nothing" * 100)[:-40])
    (tmp_path / "broken.ipynb").write_bytes(b"{" * 50_000)
    assert list(canaries.search([tmp_path])) == []


def test_markers_alone_are_a_leak(canaries, tmp_path):
    (tmp_path / "a.ipynb").write_bytes(notebook(answer("df", "### BEGIN SOLUTION\n1")))
    assert [f.origin for f in canaries.search([tmp_path])] == ["the marker 'BEGIN SOLUTION'"]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    course = Course(TOP)
    return release(
        _elsewhere(course, tmp_path_factory.mktemp("course")), tmp_path_factory.mktemp("build")
    )


def _elsewhere(course, folder):
    """This course, with everything that it makes in `folder`."""
    course.directory.db_url = f"sqlite:///{folder / 'gradebook.db'}"
    course.directory.release_directory = str(folder / "release")
    return course


def test_the_bundle_is_complete_and_clean(bundle):
    there = {str(p.relative_to(bundle.folder)) for p in bundle.folder.rglob("*") if p.is_file()}
    assert {
        "start.py",
        "pack.py",
        "READ_ME_FIRST.md",
        "requirements.txt",
        "versions.txt",
        "lectures/00_map.ipynb",
        "exercises/ps1_derivatives/ps1_derivatives.ipynb",
        "minigrad/__init__.py",
        "graders/check/__init__.py",
        "graders/student/released.json",
        "graders/__init__.py",
        "graders/contents.py",
    } <= there
    assert not [
        p for p in there if "keys" in p or "rebuild" in p or p.endswith((".pyc", ".db"))
    ]
    course = Course(TOP)
    assert len(canaries_of(course).wanted()) > 100
    assert list(canaries_of(course).search([bundle.archive])) == []


def test_the_same_course_gives_the_same_archive(bundle, tmp_path):
    again = release(_elsewhere(Course(TOP), tmp_path), tmp_path)
    assert again.archive.read_bytes() == bundle.archive.read_bytes()


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_every_python_and_system_is_given_one_version_of_each_package(bundle, python, system):
    here = {"python_full_version": f"{python}.0", "python_version": python}
    here["sys_platform"] = system
    pinned = [Requirement(s) for s in (bundle.folder / "versions.txt").read_text().splitlines()]
    valid = [r.name for r in pinned if r.marker is None or r.marker.evaluate(here)]
    wanted = (bundle.folder / "requirements.txt").read_text().splitlines()
    assert wanted[0] == "--constraint versions.txt"
    assert {name: valid.count(name) for name in wanted[1:]} == dict.fromkeys(PACKAGES, 1)


def run_in(folder, code):
    """Run `code` as a student would, with the installed packages but not this checkout."""
    packages = sysconfig.get_path("purelib")
    start = f"import sys; sys.path[:0] = ['.', {packages!r}]; "
    command = [sys.executable, "-S", "-P", "-B", "-c", start + code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_student_can_import_what_is_bundled_and_nothing_else(bundle):
    done = run_in(
        bundle.folder, "import minigrad; from graders import check; print(check.__name__)"
    )
    assert done.stdout == "graders.check\n", done.stderr
    done = run_in(bundle.folder, "import graders.keys")
    assert "No module named 'graders.keys'" in done.stderr


def test_a_bundle_with_an_answer_in_it_is_not_made(tmp_path):
    folder = make_course(tmp_path / "course", notebooks={"p1": SOURCE})
    (folder / "source" / "ps1" / "notes.txt").write_text(f"for the tutors: {SECRET}")
    with pytest.raises(Leak, match=r"notes\.txt"):
        release(Course(folder), tmp_path)
    assert not list(tmp_path.glob("*.zip"))
