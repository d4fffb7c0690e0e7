"""Downloads of every learning management system, honest and hostile, into a course folder."""

import csv
import io
import json
import stat
import tarfile
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_course import GOOD_F, handed_in, make_course

from graders import cli
from graders.collecting import archives
from graders.collecting.archives import NotTaken, files, inner_path
from graders.collecting.collect import collect
from graders.course import Course, timestamp
from graders.problems import UserProblem
from graders.roster import Person, RosterProblem, Row, Students, read_roster

ADA, BOB, CLEO = (handed_in(df=f"{GOOD_F}  # {name}") for name in ("ada", "bob", "cleo"))
ROSTER = {
    "alove": Row("alove", "Ada", "Lovelace", "ada@uni.edu"),
    "bbab": Row("bbab", "Béla", "Babbage", "bela@uni.edu", "657738"),
    "cleo1": Row("cleo1", "Cleo", "Smith", "cleo1@uni.edu"),
    "cleo2": Row("cleo2", "Cleo", "Smith", "cleo2@uni.edu"),
}
METADATA = """\
submission_409194023:
  :submitters:
  - :name: Ada Lovelace
    :sid: alove
    :email: ada@uni.edu
  :created_at: 2026-04-26 17:34:00.861687000 Z
  :score: 2.0
  :results:
    output: |-
      ======
submission_500000001:
  :submitters:
  - :name: Cleo Smith
    :sid: ''
    :email: cleo1@uni.edu
  - :name: Cleo Smith
    :sid: ''
    :email: cleo2@uni.edu
  :created_at: 2026-04-27 09:00:00.000000000 Z
submission_600000002:
  :submitters: []
"""


def zipped(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.fixture
def course(tmp_path):
    return Course(make_course(tmp_path / "course"))


def gather(course, tmp_path, members, roster=ROSTER, **options):
    path = tmp_path / "downloads.zip"
    path.write_bytes(members if isinstance(members, bytes) else zipped(members))
    return collect(course, "ps1", [path], roster=roster, **options)


def there(course, student, name="p1.ipynb"):
    return (course.submitted_folder(student, "ps1") / name).read_bytes()


def reasons(result):
    return {one.where.partition(": ")[2]: one.why for one in result.not_taken}


def test_canvas(course, tmp_path):
    result = gather(
        course,
        tmp_path,
        {
            "lovelaceada_340934_208490284_p1.ipynb": BOB,
            "lovelaceada_340934_208490299_p1-1.ipynb": ADA,
            "lovelaceada_340934_208490299_data.csv": b"1,2",
            "babbagebéla_LATE_657738_208490300_p1 (2).ipynb": BOB,
            "smithcleo_77_208490301_p1.ipynb": CLEO,
            "nobodyno_78_208490302_p1.ipynb": CLEO,
            "readme.txt": b"",
        },
    )
    assert set(result.systems.values()) == {"canvas"}
    assert {one.student: one.late for one in result.taken} == {"alove": False, "bbab": True}
    assert there(course, "alove") == ADA
    assert there(course, "alove", "data.csv") == b"1,2"
    assert there(course, "bbab") == BOB
    said = reasons(result)
    assert "A later upload" in said["lovelaceada_340934_208490284_p1.ipynb"]
    assert "any of cleo1, cleo2" in said["smithcleo_77_208490301_p1.ipynb"]
    assert "not in the roster" in said["nobodyno_78_208490302_p1.ipynb"]
    assert "not one that Canvas gives" in said["readme.txt"]
    assert result.absent == ["cleo1", "cleo2"]


def test_moodle_old_and_new(course, tmp_path):
    result = gather(
        course,
        tmp_path,
        {
            "Ada Lovelace_657737_assignsubmission_file_/p1.ipynb": ADA,
            "Bela Babbage_657738_assignsubmission_file/answers/p1.ipynb": BOB,
            "Bela Babbage_657738_assignsubmission_file/answers/plot.png": b"png",
            "Bela Babbage_657738_assignsubmission_onlinetext/onlinetext.html": b"<p>hello</p>",
            "Cleo Smith_657739_assignsubmission_file_p1.ipynb": CLEO,
        },
    )
    assert set(result.systems.values()) == {"moodle"}
    assert {one.student for one in result.taken} == {"alove", "bbab"}
    assert there(course, "bbab") == BOB
    assert there(course, "bbab", "answers/plot.png") == b"png"
    said = reasons(result)
    assert "text typed into Moodle" in " ".join(said.values())
    assert "any of cleo1, cleo2" in said["Cleo Smith_657739_assignsubmission_file_p1.ipynb"]


def test_blackboard_takes_the_latest_and_its_time(course, tmp_path):
    first, last = (
        "ps1_x_alove_attempt_2026-01-30-15-00-00",
        "ps1_x_alove_attempt_2026-07-01-09-30-00",
    )
    result = gather(
        course,
        tmp_path,
        {
            f"{first}_p1.ipynb": BOB,
            f"{first}.txt": b"Name: Ada Lovelace (alove)\nDate Submitted: ...",
            f"{last}_p1.ipynb": ADA,
            f"{last}.txt": b"Name: Ada Lovelace (alove)\n\nName: Bela Babbage (bbab)\n",
        },
        timezone=ZoneInfo("Europe/Berlin"),
    )
    assert set(result.systems.values()) == {"blackboard"}
    (taken,) = result.taken
    assert taken.student == "alove"
    assert there(course, "alove") == ADA
    folder = course.submitted_folder("alove", "ps1")
    assert timestamp(folder)[0].isoformat() == "2026-07-01T07:30:00"
    assert "came later" in reasons(result)[f"{first}_p1.ipynb"]


def test_gradescope_and_its_groups(course, tmp_path):
    top = "assignment_8046601_export"
    result = gather(
        course,
        tmp_path,
        {
            f"{top}/submission_metadata.yml": METADATA.encode(),
            f"{top}/submission_409194023/p1.ipynb": ADA,
            f"{top}/submission_500000001/P1.ipynb": CLEO,
            f"{top}/submission_600000002/p1.ipynb": BOB,
            f"{top}/submission_7/p1.ipynb": BOB,
        },
    )
    assert set(result.systems.values()) == {"gradescope"}
    assert [one.student for one in result.taken] == ["alove", "cleo1", "cleo2"]
    assert there(course, "cleo1") == there(course, "cleo2") == CLEO
    when = timestamp(course.submitted_folder("alove", "ps1"))[0]
    assert when.isoformat() == "2026-04-26T17:34:00.861687"
    said = reasons(result)
    assert "does not say whose" in said[f"{top}/submission_7/p1.ipynb"]
    assert "does not say whose" in said[f"{top}/submission_600000002/p1.ipynb"]


def test_a_students_own_metadata_says_nothing(course, tmp_path):
    theirs = METADATA.replace("submission_409194023", "p1").encode()
    moodle = gather(
        course,
        tmp_path,
        {
            "Ada Lovelace_1_assignsubmission_file/p1.ipynb": ADA,
            "Ada Lovelace_1_assignsubmission_file/submission_metadata.yml": theirs,
            "Bela Babbage_657738_assignsubmission_file/p1.ipynb": BOB,
        },
    )
    assert set(moodle.systems.values()) == {"moodle"}
    assert [one.student for one in moodle.taken] == ["alove", "bbab"]
    gradescope = gather(
        course,
        tmp_path,
        {
            "submission_500000001/submission_metadata.yml": theirs,
            "submission_500000001/p1.ipynb": CLEO,
            "submission_409194023/p1.ipynb": ADA,
            "submission_metadata.yml": METADATA.encode(),
        },
    )
    assert set(gradescope.systems.values()) == {"gradescope"}
    assert [one.student for one in gradescope.taken] == ["alove", "cleo1", "cleo2"]
    with pytest.raises(UserProblem, match=r"submission_metadata\.yml"):
        gather(course, tmp_path, {"alove/p1.ipynb": ADA}, system="gradescope")


def test_one_long_path_does_not_stop_the_class(course, tmp_path):
    deep, long = "d/" * 1500, "/".join("n" * 200 for _ in range(30))
    result = gather(
        course,
        tmp_path,
        {
            "alove/p1.ipynb": ADA,
            f"alove/{deep}p1.ipynb": ADA,
            f"alove/{long}": b"",
            "bbab/p1.ipynb": BOB,
            "bbab/p1.ipynb/data.csv": b"",
        },
    )
    assert [one.student for one in result.taken] == ["alove"]
    said = [one.why for one in result.not_taken]
    assert sum("too long" in why for why in said) == 2
    assert any("in each other's way" in why for why in said)
    left = (course.root / "submitted").glob("*/.*")
    assert list(left) == [], "what was begun is taken away"


@pytest.mark.parametrize(
    "names",
    [
        ("alove/p1.ipynb", "bbab/p1.ipynb"),
        ("hand-in/alove/p1.ipynb", "hand-in/bbab/p1.ipynb"),
        ("submitted/alove/ps1/p1.ipynb", "submitted/bbab/ps1/p1.ipynb"),
        ("alove.ipynb", "bela@uni.edu.ipynb"),
    ],
)
def test_plain_folders(course, tmp_path, names):
    result = gather(course, tmp_path, dict(zip(names, (ADA, BOB), strict=True)))
    assert set(result.systems.values()) == {"folders"}
    assert {one.student for one in result.taken} == {"alove", "bbab"}
    for student, work in (("alove", ADA), ("bbab", BOB)):
        (notebook,) = course.submitted_folder(student, "ps1").glob("*.ipynb")
        assert notebook.read_bytes() == work


def test_a_folder_on_the_disk_and_one_student_alone(course, tmp_path):
    place = tmp_path / "hand-in" / "alove" / "ps1"
    place.mkdir(parents=True)
    (place / "p1.ipynb").write_bytes(ADA)
    (place / "timestamp.txt").write_text("2026-01-01 12:00:00 UTC")
    (place / "link").symlink_to("/etc/passwd")
    result = collect(course, "ps1", [tmp_path / "hand-in"], roster={})
    assert [one.student for one in result.taken] == ["alove"]
    assert there(course, "alove") == ADA
    assert timestamp(course.submitted_folder("alove", "ps1"))[0].hour == 12
    assert "link" in reasons(result)["alove/ps1/link"]


def test_without_a_roster_ids_are_the_downloads(course, tmp_path):
    result = gather(
        course,
        tmp_path,
        {"lovelaceada_340934_2_p1.ipynb": ADA, "babbagebela_41_3_p1.ipynb": BOB},
        roster={},
    )
    assert [one.student for one in result.taken] == ["340934", "41"]
    flat = gather(course, tmp_path, {"homework.ipynb": ADA, "final.ipynb": BOB}, roster={})
    assert flat.taken == []
    assert "name a roster" in " ".join(reasons(flat).values())


def test_archives_within_are_opened(course, tmp_path):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        for name, data in (("hw/p1.ipynb", BOB), ("../../evil.ipynb", BOB)):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("hw/secret")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    result = gather(
        course,
        tmp_path,
        {
            "Ada Lovelace_1_assignsubmission_file/work.zip": zipped(
                {"p1.ipynb": ADA, "__MACOSX/._p1.ipynb": b"x", "timestamp.txt": b"2001-01-01"}
            ),
            "Bela Babbage_657738_assignsubmission_file/work.tar.gz": tar.getvalue(),
            "Cleo Smith_9_assignsubmission_file/work.7z": b"7z",
        },
    )
    assert there(course, "alove") == ADA
    assert there(course, "bbab") == BOB
    assert not (course.submitted_folder("alove", "ps1") / "timestamp.txt").exists()
    said = " ".join(one.why for one in result.not_taken)
    for part in ("leads out", "a link", "made by a system", "not the student's to say"):
        assert part in said
    assert [one.student for one in result.taken] == ["alove", "bbab"]


def test_a_second_collection_keeps_what_was_there_and_the_latest(course, tmp_path):
    name = "ps1_alove_attempt_2026-0{}-30-15-00-00_p1.ipynb"
    assert gather(course, tmp_path, {name.format(3): BOB}).taken[0].new
    assert not gather(course, tmp_path, {name.format(3): BOB}).taken[0].new
    assert gather(course, tmp_path, {name.format(5): ADA}).taken[0].new
    late = gather(course, tmp_path, {name.format(1): CLEO})
    assert late.taken == []
    assert "in its place already" in " ".join(reasons(late).values())
    assert there(course, "alove") == ADA
    (kept,) = (course.state / "earlier" / "ps1").iterdir()
    assert (kept / "p1.ipynb").read_bytes() == BOB


def test_two_candidates_for_one_notebook_are_left_to_a_person(course, tmp_path):
    result = gather(course, tmp_path, {"alove/p1 (1).ipynb": ADA, "alove/p1 (2).ipynb": BOB})
    (taken,) = result.taken
    assert "look which it is" in taken.notes[0]
    assert not (course.submitted_folder("alove", "ps1") / "p1.ipynb").exists()


def test_what_is_no_notebook_is_said(course, tmp_path):
    result = gather(course, tmp_path, {"alove/essay.pdf": b"%PDF", "bbab/p1.ipynb": b""})
    assert [one.student for one in result.taken] == ["bbab"], "the grader says what is wrong"
    assert "no notebook" in reasons(result)["alove/essay.pdf"]


def encrypted() -> bytes:
    data = bytearray(zipped({"alove/p1.ipynb": ADA}))
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + at] |= 1
    return bytes(data)


def linked() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        member = zipfile.ZipInfo("alove/p1.ipynb")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "neither a ZIP nor a TAR"),
        (b"PK\3\4 and then nothing", "neither a ZIP nor a TAR"),
        (zipped({"alove/p1.ipynb": ADA})[:-40], "neither a ZIP nor a TAR"),
        (zipped({"alove/p1.ipynb": ADA}).replace(b"cells", b"slles"), None),
        (encrypted(), "encrypted"),
        (linked(), "a link"),
        (zipped({"../alove/p1.ipynb": ADA}), "leads out"),
        (zipped({"/alove/p1.ipynb": ADA}), "leads out"),
        (zipped({"C:\\alove\\p1.ipynb": ADA}), "leads out"),
        (zipped({"alove\\..\\..\\p1.ipynb": ADA}), "leads out"),
        (zipped({"alove/p1.ipynb": bytes(30 * 2**20)}), "bomb"),
        (zipped({f"alove/{'x' * 300}.ipynb": ADA}), "leads out of the folder or is no name"),
        (zipped({"alove/\x1b[2J.ipynb": ADA}), "is no name"),
    ],
)
def test_hostile_and_broken_archives(course, tmp_path, data, why):
    result = gather(course, tmp_path, data)
    if why is not None:
        assert result.taken == []
        assert why in " ".join(one.why for one in result.not_taken)


def test_a_damaged_member_is_said_and_the_rest_is_taken(course, tmp_path):
    data = bytearray(zipped({"alove/p1.ipynb": ADA, "bbab/p1.ipynb": BOB}))
    at = data.index(b"alove/p1.ipynb") + len("alove/p1.ipynb") + 20
    data[at : at + 8] = bytes(8)
    result = gather(course, tmp_path, bytes(data))
    assert [one.student for one in result.taken] == ["bbab"]
    assert "damaged" in reasons(result)["alove/p1.ipynb"]


def test_limits_on_size_are_the_courses(tmp_path):
    folder = make_course(tmp_path / "course", config="c.CourseDirectory.max_file_size = 20")
    result = gather(
        Course(folder),
        tmp_path,
        {"alove/p1.ipynb": ADA, "alove/big.csv": bytes(range(256)) * 90},
    )
    assert [one.student for one in result.taken] == ["alove"]
    assert "larger than 20,000 bytes" in reasons(result)["alove/big.csv"]


def test_too_many_members(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MEMBERS", 3)
    path = tmp_path / "many.zip"
    path.write_bytes(zipped({str(i): b"" for i in range(5)}))
    (only,) = files(path)
    assert isinstance(only, NotTaken)


NAMES = (
    st.lists(
        st.sampled_from(
            ["..", ".", "", "a", "p1.ipynb", "alove", "C:", "\\", "\0", "/", "~", "é"]
        )
        | st.text(max_size=6),
        min_size=1,
        max_size=6,
    )
    .map("/".join)
    .filter(bool)
)


# As a student's file is called who knows how downloads look.
OWN = st.builds(
    "{}/{}".format,
    st.sampled_from(["alove", "Ada_1_assignsubmission_file", "alove/ps1", "x_1_2_p1.ipynb"]),
    NAMES,
)


@given(NAMES)
def test_no_name_leads_out(name):
    path = inner_path(name)
    if path is not None:
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert (Path("/top") / path).is_relative_to("/top")


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    top = tmp_path_factory.mktemp("fuzz")
    return top, Course(make_course(top / "course"))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        NAMES | OWN, st.sampled_from([ADA, b"", b"{}", zipped({"../p1.ipynb": ADA})])
    ),
    st.sampled_from([None, "canvas", "moodle", "blackboard", "folders"]),
)
def test_nothing_is_ever_written_outside_the_course(fuzzed, members, system):
    top, course = fuzzed
    before = set(top.iterdir())
    names = {
        name.replace("\0", "0").encode("utf-8", "replace").decode(): d
        for name, d in members.items()
    }
    path = top / "downloads.zip"
    path.write_bytes(zipped(names))
    result = collect(course, "ps1", [path], roster={}, system=system)
    assert set(top.iterdir()) <= before | {path}
    allowed = {
        "source",
        "submitted",
        "reports",
        ".graders",
        "nbgrader_config.py",
        "gradebook.db",
    }
    assert {p.name for p in course.root.iterdir()} <= allowed
    for placed in (course.root / "submitted").rglob("*"):
        if placed.is_file():
            assert placed.relative_to(course.root / "submitted").parts[1] == "ps1"
    if not result.taken:  # then each file is accounted for
        with zipfile.ZipFile(path) as archive:
            inside = sum(not member.is_dir() for member in archive.infolist())
        assert len(result.not_taken) >= inside


def test_the_command_lists_everything_and_writes_it(course, tmp_path, capsys):
    path = tmp_path / "moodle.zip"
    path.write_bytes(
        zipped(
            {
                "Ada Lovelace_1_assignsubmission_file/p1.ipynb": ADA,
                "=cmd|x_2_assignsubmission_file/p1.ipynb": BOB,
            }
        )
    )
    roster = tmp_path / "class.csv"
    roster.write_text(
        "First name,Last name,ID number,Email address\nAda,Lovelace,alove,a@b.c\n"
    )
    call = ["collect", "ps1", str(path), "--course", str(course.root), "--roster", str(roster)]
    assert cli.main(call) == 1
    said = capsys.readouterr().out
    assert "1 student: 1 collected" in said
    assert "not taken" in said
    assert "graders grade ps1" in said
    with open(course.root / "reports/ps1/not_collected.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert "not in the roster" in row["why"]
    assert cli.main([*call, "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["student"] == "alove"
    assert "not_taken" in lines[1]
    assert cli.main([*call, "--quiet"]) == 1
    assert capsys.readouterr().out == ""
    assert cli.main(["collect", "ps1", "gone.zip", "--course", str(course.root)]) == 2
    assert "there is no gone.zip" in capsys.readouterr().err
    assert cli.main(["roster", str(roster), "--course", str(course.root)]) == 0
    assert course.student_names() == {"alove": "Ada Lovelace"}
    assert course.roster()["alove"]["email"] == "a@b.c"


def test_a_second_class_list_takes_nothing_out(course, tmp_path):
    first, second = tmp_path / "canvas.csv", tmp_path / "gradescope.csv"
    first.write_text("id,first_name,email,lms_user_id\nalove,Ada,a@b.c,340934\nbbab,Bob,,\n")
    second.write_text("SID,Name,Email\nalove,Augusta Lovelace,\ncleo1,Cleo Smith,c@b.c\n")
    for path in (first, second):
        assert cli.main(["roster", str(path), "--course", str(course.root), "--quiet"]) == 0
    roster = course.roster()
    assert list(roster) == ["alove", "bbab", "cleo1"]
    assert roster["alove"] == {
        "first_name": "Augusta",
        "last_name": "Lovelace",
        "email": "a@b.c",
        "lms_user_id": "340934",
    }


def test_another_number_is_said_and_not_called_unknown(course, tmp_path):
    place = "Bela Babbage_1_assignsubmission_file/p1.ipynb"
    result = gather(course, tmp_path, {place: BOB})
    assert result.taken == []
    assert "bbab has the number 657738 in the roster" in reasons(result)[place]


# -- rosters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (
            "Student,ID,SIS User ID,SIS Login ID,Section,ps1 (12)\n"
            "    Points Possible,,,,,10\n"
            '"Lovelace, Ada",340934,S1,alove,Sec 1,\n"Student, Test",1,,abcd,Sec 1,\n',
            Row("alove", "Ada", "Lovelace", "", "340934"),
        ),
        (
            "Identifier;Full name;ID number;Email address;Status;Grade\n"
            "Participant 657737;Ada Lovelace;alove;a@b.c;;\n",
            Row("alove", "Ada", "Lovelace", "a@b.c", "657737"),
        ),
        (
            "Name,SID,Email\nAda Lovelace,alove,a@b.c\n",
            Row("alove", "Ada", "Lovelace", "a@b.c"),
        ),
        (
            '\ufeff"Last Name","First Name","Username","Student ID"\n'
            '"Lovelace","Ada","alove","7"\n',
            Row("alove", "Ada", "Lovelace"),
        ),
        ("id,lms_user_id\nalove,5\n", Row("alove", lms_user_id="5")),
    ],
    ids=["canvas", "moodle", "gradescope", "blackboard", "nbgrader"],
)
def test_rosters_of_every_system(tmp_path, text, row):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    assert list(read_roster(path).values()) == [row]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"name\nAda\n", "no column 'id'"),
        (b"id,first_name\n,Ada\n", "line 2: this student has no id"),
        (b"id,name\nada,Ada\nada,Eve\n", "line 3: the id ada stands there twice"),
        (b"id\n../ada\n", "line 2"),
        (b"id,name\nada,\xff\n", "CSV UTF-8"),
    ],
)
def test_a_roster_that_cannot_be_used_is_explained(tmp_path, data, why):
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    with pytest.raises(RosterProblem, match=why):
        read_roster(path)


@pytest.mark.parametrize(
    ("person", "student"),
    [
        (Person(name="Ada Lovelace"), "alove"),
        (Person(name="lovelaceada"), "alove"),
        (Person(name="BELA BABBAGE"), "bbab"),
        (Person(lms_id="657738", name="Somebody Else"), "bbab"),
        (Person(lms_id="1", name="Bela Babbage"), None),
        (Person(id="alove", email="bela@uni.edu"), None),
        (Person(email="CLEO2@uni.edu"), "cleo2"),
        (Person(name="Cleo Smith"), None),
        (Person(name="…"), None),
        (Person(), None),
    ],
)
def test_nobody_is_guessed(person, student):
    assert Students(ROSTER.values()).find(person) == student
