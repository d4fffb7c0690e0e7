"""The journal: what was written is there, whatever happened after."""

import os
import subprocess
import sys

import pytest

from graders.journal import Journal, JournalBusy


def records(path):
    with Journal(path) as journal:
        return [record for _, record in journal]


def test_records_come_back_in_order(tmp_path):
    path = tmp_path / "a" / "journal"
    with Journal(path) as journal:
        places = [journal.append({"n": n, "text": "\u00e9\n"}) for n in range(3)]
        assert journal.read(places[1]) == {"n": 1, "text": "\u00e9\n"}
    assert [r["n"] for r in records(path)] == [0, 1, 2]


@pytest.mark.parametrize("kept", range(1, 40, 3))
def test_a_torn_last_line_is_cut_off_and_writing_goes_on(tmp_path, kept):
    path = tmp_path / "journal"
    with Journal(path) as journal:
        journal.append({"n": 0})
        whole = path.read_bytes()
        journal.append({"n": 1, "long": "x" * 40})
    path.write_bytes(path.read_bytes()[: len(whole) + kept])
    with Journal(path) as journal:
        journal.append({"n": 2})
    assert [r["n"] for r in records(path)] == [0, 2]


def test_a_damaged_line_is_skipped_and_counted(tmp_path):
    path = tmp_path / "journal"
    with Journal(path) as journal:
        for n in range(3):
            journal.append({"n": n})
    data = bytearray(path.read_bytes())
    data[data.index(b'"n": 1') + 5] = ord("7")
    path.write_bytes(data)
    with Journal(path) as journal:
        assert [r["n"] for _, r in journal] == [0, 2]
        assert journal.damaged == 1


def test_one_writer_at_a_time(tmp_path):
    path = tmp_path / "journal"
    with Journal(path), pytest.raises(JournalBusy, match="another process is grading"):
        Journal(path)
    records(path)


def test_a_record_is_whole_when_the_writer_is_killed(tmp_path):
    path = tmp_path / "journal"
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from graders.journal import Journal\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "journal.append({'n': 0}); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, path], check=False, env=dict(os.environ))
    assert records(path) == [{"n": 0}]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_an_error_and_leaves_no_half_line(tmp_path, monkeypatch):
    path = tmp_path / "journal"
    with Journal(path) as journal:
        journal.append({"n": 0})
        write = os.pwrite

        def first_half_only(file, data, offset):
            if len(data) > 12:
                return write(file, data[:12], offset)
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "pwrite", first_half_only)
        with pytest.raises(OSError, match="No space"):
            journal.append({"n": 1, "text": "more than twelve bytes"})
        monkeypatch.undo()
        journal.append({"n": 2})
    assert [r["n"] for r in records(path)] == [0, 2]
