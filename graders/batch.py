"""A class graded: submissions out to workers, results back to one writer.

For every submission, in this order: the result goes to the journal (on the disk before anything
else happens), the graded notebook to `autograded/`, the marks to the gradebook in one
transaction, and a word to the journal that this was done. Submissions that come back at the
same moment share the waiting for the disk. Each step can be repeated, so after a
kill at any moment the same command goes on and ends with the same marks. What has not changed
since it was graded is not run again.
"""

from __future__ import annotations

import hashlib
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path, PurePath

from graders.conventions import SourceProblem
from graders.course import Course, CourseProblem, Submission, stamp_of, with_autotests
from graders.gradebook import Entry, Gradebook, Marked
from graders.jobs import (
    Job,
    Outcome,
    Settings,
    Task,
    graded,
    local_pool,
    not_handed_in,
    why_unusable,
)
from graders.journal import Journal
from graders.notebook import bytes_of
from graders.problems import UserProblem
from graders.rebuild import rebuild, template
from graders.regrade import Before, Digests
from graders.report import Report, Status
from graders.variants import variants_of
from graders.version import harness_version, versions

ABSENT = "-"  # the key of a notebook that was not handed in
_RIGHT = (Status.PASSED, Status.NEEDS_MANUAL, Status.MISSING)  # what a solution may end in
IN_FLIGHT = 3  # submissions read ahead, per worker


class Watch:
    """What a run tells whoever looks on; the default tells nobody."""

    def begin(self, total: int) -> None:
        """There are so many submissions."""

    def done(self, student: str, reports: Sequence[Report], *, fresh: bool) -> None:
        """One submission is written; not `fresh` if it was as before and did not run."""

    def note(self, text: str) -> None:
        """Something a person may want to know."""

    def waiting(self, text: str) -> None:
        """Why nothing goes on at the moment."""

    def stray(self, text: str) -> None:
        """Something handed in lies where it is not graded."""


@dataclass(slots=True)
class Summary:
    """How a run ended."""

    submissions: int = 0
    fresh: int = 0
    standing: int = 0  # questions of fresh submissions that did not have to run again
    unusable: list[tuple[str, str]] = field(default_factory=list)
    statuses: dict[Status, int] = field(default_factory=dict)

    def add(self, student: str, reports: Sequence[Report], *, fresh: bool) -> None:
        self.submissions += 1
        self.fresh += fresh
        for report in reports:
            for question in report.questions:
                self.statuses[question.status] = self.statuses.get(question.status, 0) + 1
        reason = next((why for r in reports if (why := why_unusable(r))), None)
        if reason is not None:
            self.unusable.append((student, reason))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the journal says about one notebook of one student."""

    key: str
    work: str
    timestamp: str | None
    size: int
    changed: bool
    place: int
    written: bool


@dataclass(slots=True)
class Work:
    """One submission on its way: jobs by notebook, and what came back."""

    submission: Submission
    jobs: dict[str, Job]
    keys: dict[str, str]
    files: dict[str, bytes]
    unreadable: dict[str, str]
    notes: tuple[str, ...]


def grade_assignment(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] = (),
    workers: int = 1,
    force: bool = False,
    isolation: str = "full",
    executor: Executor | None = None,
    watch: Watch | None = None,
) -> Summary:
    """Grade what was handed in for `assignment` and write it where nbgrader looks for it.

    Args:
        students: only these; all when empty.
        force: run everything again, changed or not.
        executor: where to run; `workers` processes on this machine when None. One that grows
            and shrinks says how many it has by its own attribute `workers`.

    Raises:
        CourseProblem, SourceProblem, GradebookProblem, JournalBusy: before anything is graded,
            with a sentence that says what to do.
    """
    settings = course.settings(isolation)
    url, name = course.directory.db_url, course.directory.course_id
    watch = watch or Watch()
    with (
        Journal(course.journal(assignment)) as journal,
        Gradebook(url, name, course.late_penalty, watch.waiting) as book,
    ):
        run = Run(course, assignment, settings, journal, book, watch, force)
        if executor is not None:
            return run.grade(executor, workers, students)
        with local_pool(settings, workers) as pool:
            return run.grade(pool, workers, students)


def reports(course: Course, assignment: str) -> Iterator[Report]:
    """The last report on every student, from the journal; notebooks of one student as one."""
    journal = Journal(course.journal(assignment), read_only=True)
    with journal:
        known = _known(journal)
        by_student: dict[str, dict[str, _Known]] = {}
        for (student, notebook), entry in known.items():
            by_student.setdefault(student, {})[notebook] = entry
        for student in sorted(by_student):
            parts = {
                notebook: _marked(journal, notebook, entry).report
                for notebook, entry in sorted(by_student[student].items())
            }
            yield _merged(student, parts)


class Run:
    """One run over a class; everything here happens in one thread.

    `book` is None in a rehearsal (`graders.rehearsal`), which writes nothing.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        settings: Settings,
        journal: Journal,
        book: Gradebook | None,
        watch: Watch,
        force: bool,
    ) -> None:
        self.course, self.assignment, self.settings = course, assignment, settings
        self.journal, self.book, self.watch, self.force = journal, book, watch, force
        self.summary = Summary()
        self.sources = {
            name: _checked(name, with_autotests(source, self._released(name)))
            for name, source in course.sources(assignment).items()
        }
        self.variants = variants_of(course, assignment)
        self.source_files = course.source_files(assignment)
        self.known = _known(journal)
        if journal.damaged:
            watch.note(f"{journal.damaged} damaged lines in {journal.path} are graded anew.")
        self._open()

    def _released(self, name: str) -> Mapping[str, str]:
        """The cells of a notebook as nbgrader stored them, by grade_id."""
        return self.book.source_text(self.assignment, name)

    def _open(self) -> None:
        """Make the gradebook ready for the marks of this assignment."""
        conventions = self.settings.conventions
        slots = {name: template(s, conventions)[0] for name, s in self.sources.items()}
        for note in self.book.prepare(self.assignment, slots):
            self.watch.note(note)
        self.book.enrol(self.course.roster())
        self.recorded = self.book.recorded()

    def _close(self) -> None:
        """Write what depends on the day, not on the submissions."""
        self.book.refresh_penalties()

    def grade(self, executor: Executor, workers: int, students: Sequence[str]) -> Summary:
        names = list(self.sources)
        found = list(self.course.folders(self.assignment, students))
        handed_in = {student for student, _ in found}
        self._complain_about(students, handed_in)
        self.students = sorted({*self.course.roster(), *handed_in})
        self.watch.begin(len(found))
        self._try_solutions(executor)
        tasks = (
            Task(work, tuple(work.jobs.values()))
            for one in found
            if not self._skipped(work := self._work(self.course.submission(*one, names)))
        )

        def ahead() -> int:
            return IN_FLIGHT * getattr(executor, "workers", workers)

        for ready in graded(executor, self.settings, tasks, ahead):
            self._write([(task.tag, self._all(task.tag, outcomes)) for task, outcomes in ready])
        self._close()
        for stray in self.course.strays(self.assignment):
            self.watch.stray(stray)
        return self.summary

    def _try_solutions(self, executor: Executor) -> None:
        """Grade the instructor's own solution first, unless it has been since it changed.

        A test that its author's solution does not pass, or a machine on which nothing runs,
        would otherwise show as a class that failed.
        """
        tried = {record["tried"] for _, record in self.journal if "tried" in record}
        jobs = (
            Job(name, source, source, self.source_files)
            for name, source in self.sources.items()
        )
        version = harness_version()
        tasks = [
            Task(key, (job,))
            for job in jobs
            if (key := job.key(self.settings, version)) not in tried
        ]
        results = graded(executor, self.settings, tasks, lambda: len(self.sources))
        for task, (outcome,) in chain.from_iterable(results):
            report = outcome.report
            if report.problem is not None:
                raise UserProblem(f"nothing was graded. On the source itself: {report.problem}")
            wrong = [q for q in report.questions if q.status not in _RIGHT]
            for question in wrong:
                self.watch.note(
                    f"The source's own solution gets {question.points or 0:g} of "
                    f"{question.max_points:g} on {question.id} ({question.status}). "
                    f"{question.message}"
                )
            if not wrong:
                self._remember_tried(task.tag)

    def _remember_tried(self, key: str) -> None:
        self.journal.append({"tried": key}, durable=False)

    def _complain_about(self, students: Sequence[str], found: Set[str]) -> None:
        lost = sorted(set(students) - found)
        where = self.course.submitted_folder("STUDENT", self.assignment)
        if lost:
            raise CourseProblem(
                f"nothing was handed in by {', '.join(lost)}; it would be in {where}."
            )
        if not found:
            raise CourseProblem(
                f"there are no submissions of {self.assignment}; they would be in {where}."
            )

    # -- before -------------------------------------------------------------------------------

    def _work(self, submission: Submission) -> Work:
        theirs, notes = self.course.submitted_files(submission)
        ours = [*self.source_files, *(f"{name}.ipynb" for name in self.sources)]
        for name in _in_the_way(theirs, ours):
            del theirs[name]
            notes.append(f"{name} is in the way of the instructor's files and was left out.")
        files = theirs | self.source_files
        jobs: dict[str, Job] = {}
        unreadable: dict[str, str] = {}
        for name, path in submission.notebooks.items():
            try:
                data = bytes_of(path)
            except OSError as error:
                unreadable[name] = f"{path.name} could not be read: {error.strerror}."
            else:
                source, remark = self._version(name, submission.student, data)
                jobs[name] = Job(submission.student, source, data, files)
                notes += remark
        version = harness_version()
        keys = {name: job.key(self.settings, version) for name, job in jobs.items()}
        for name, job in jobs.items():
            jobs[name] = replace(job, before=self._before(name, job, keys[name]))
        return Work(submission, jobs, keys, files, unreadable, (*submission.notes, *notes))

    def _version(self, name: str, student: str, data: bytes) -> tuple[bytes, list[str]]:
        """The source that a student's notebook was released from, and whose it seems to be."""
        source = self.sources[name]
        if self.variants is None:
            return source, []
        remark = self.variants.whose(source, data, student, self.students)
        return self.variants.source(source, student), [remark] if remark else []

    def _before(self, name: str, job: Job, key: str) -> Before | None:
        """What came of the same work under another key, so that what stands need not run."""
        entry = self.known.get((job.label, name))
        if self.force or entry is None or not entry.written or entry.key == key:
            return None
        path = self._autograded(job.label) / f"{name}.ipynb"
        if entry.work != _digest(job.submission) or _size(path) != entry.size:
            return None
        record = self.journal.read(entry.place)
        if record.get("digests") is None:
            return None
        report = Report.from_json(record["report"])
        return Before(Digests(*record["digests"]), report, path.read_bytes())

    def _unchanged(self, work: Work) -> bool:
        if self.force or work.unreadable:
            return False
        student = work.submission.student
        for name in self.sources:
            entry = self.known.get((student, name))
            if entry is None or not entry.written:
                return False
            if entry.key != work.keys.get(name, ABSENT) or entry.timestamp != _iso(
                work.submission
            ):
                return False
            if _size(self._autograded(student) / f"{name}.ipynb") != entry.size:
                return False
        return True

    def _skipped(self, work: Work) -> bool:
        """Whether the journal's result stands; the gradebook is made to agree with it."""
        if not self._unchanged(work):
            return False
        student = work.submission.student
        marked = [
            _marked(self.journal, name, self.known[student, name]) for name in self.sources
        ]
        self._confirm(work, marked)
        self._tell(work, [m.report for m in marked], fresh=False)
        return True

    def _confirm(self, work: Work, marked: Sequence[Marked]) -> None:
        student = work.submission.student
        if not all(_agree(self.recorded.get((student, m.notebook)), m.report) for m in marked):
            self._record([(work, marked)])

    # -- after --------------------------------------------------------------------------------

    def _all(self, work: Work, outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
        """What came of every notebook of the assignment, handed in or not."""
        graded_ones = dict(zip(work.jobs, outcomes, strict=True))
        return {
            name: _finished(graded_ones.get(name) or self._absent(work, name), work.notes)
            for name in self.sources
        }

    def _write(self, ready: Sequence[tuple[Work, Mapping[str, Outcome]]]) -> None:
        """Write submissions that came back together; none of them is ever half written."""
        marked = [(work, self._journalled(work, outcomes)) for work, outcomes in ready]
        self.journal.sync()
        for work, outcomes in ready:
            self._write_autograded(work, outcomes)
        self._record(marked)
        for work, outcomes in ready:
            self._count_standing(outcomes.values())
            self._tell(work, [outcome.report for outcome in outcomes.values()], fresh=True)

    def _journalled(self, work: Work, outcomes: Mapping[str, Outcome]) -> list[Marked]:
        student = work.submission.student
        marked = []
        for name, outcome in outcomes.items():
            found = outcome.digests
            digest = _digest(work.jobs[name].submission) if name in work.jobs else ""
            changed = self._has_changed(student, name, digest)
            undecided = any(q.status is Status.HARNESS_ERROR for q in outcome.report.questions)
            self.journal.append(
                {
                    "graded": name,
                    "student": student,
                    "key": "" if undecided else work.keys.get(name, ABSENT),
                    "work": digest,
                    "timestamp": _iso(work.submission),
                    "size": len(outcome.notebook),
                    "changed": changed,
                    "unanswered": sorted(outcome.unanswered),
                    "digests": [found.rest, dict(found.tests)] if found else None,
                    "report": outcome.report.to_json(),
                },
                durable=False,
            )
            marked.append(Marked(name, outcome.report, changed, outcome.unanswered))
        return marked

    def _has_changed(self, student: str, name: str, digest: str) -> bool:
        """Whether this is other work than that which the gradebook's marks are for."""
        before = self.known.get((student, name))
        if before is None or before.work != digest:
            return True
        return before.changed and not before.written

    def _absent(self, work: Work, name: str) -> Outcome:
        blank = rebuild(self.sources[name], b"", self.settings.conventions)
        report = not_handed_in(
            work.submission.student, blank, f"{name}.ipynb was not handed in."
        )
        if name in work.unreadable:
            report = replace(report, problem=work.unreadable[name])
        elif not work.jobs:
            report = replace(report, problem="No notebook of this assignment was handed in.")
        return Outcome(report, b"", frozenset(c.grade_id for c in blank.cells if c.grade_id))

    def _write_autograded(self, work: Work, outcomes: Mapping[str, Outcome]) -> None:
        """A folder made beside and then put in place, so that there is never half of one."""
        target = self._autograded(work.submission.student)
        fresh = target.with_name(f".{target.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name, data in work.files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        stamp = stamp_of(work.submission.folder)
        if stamp is not None:
            (fresh / "timestamp.txt").write_bytes(stamp)
        for name, outcome in outcomes.items():
            if outcome.notebook:
                (fresh / f"{name}.ipynb").write_bytes(outcome.notebook)
        self.course.set_permissions(fresh)
        if target.exists():
            shutil.rmtree(target)
        fresh.rename(target)

    def _record(self, ready: Sequence[tuple[Work, Sequence[Marked]]]) -> None:
        self.book.record(
            Entry(work.submission.student, tuple(marked), work.submission.timestamp)
            for work, marked in ready
        )
        for work, _ in ready:
            # Losing this line costs a repeated write and nothing else, so nobody waits for it.
            self.journal.append({"written": work.submission.student}, durable=False)

    def _count_standing(self, outcomes: Iterable[Outcome]) -> None:
        self.summary.standing += sum(outcome.standing for outcome in outcomes)

    def _tell(self, work: Work, found: Sequence[Report], *, fresh: bool) -> None:
        self.summary.add(work.submission.student, found, fresh=fresh)
        self.watch.done(work.submission.student, found, fresh=fresh)

    def _autograded(self, student: str) -> Path:
        return self.course.autograded_folder(student, self.assignment)


# -- the journal's records --------------------------------------------------------------------


def _known(journal: Journal) -> dict[tuple[str, str], _Known]:
    known: dict[tuple[str, str], _Known] = {}
    notebooks: dict[str, set[str]] = {}
    for place, record in journal:
        if "graded" in record:
            student = record["student"]
            notebooks.setdefault(student, set()).add(record["graded"])
            known[student, record["graded"]] = _Known(
                record["key"],
                record["work"],
                record["timestamp"],
                record["size"],
                record["changed"],
                place,
                written=False,
            )
        elif "written" in record:
            student = record["written"]
            for name in notebooks.get(student, ()):
                known[student, name] = replace(known[student, name], written=True)
    return known


def _marked(journal: Journal, name: str, entry: _Known) -> Marked:
    record = journal.read(entry.place)
    report = Report.from_json(record["report"])
    return Marked(name, report, changed=False, unanswered=frozenset(record["unanswered"]))


def _merged(student: str, parts: Mapping[str, Report]) -> Report:
    """One report a student; questions carry their notebook's name where there are several."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    questions = [
        replace(question, id=f"{name}/{question.id}")
        for name, report in parts.items()
        for question in report.questions
    ]
    problems = [f"{name}: {r.problem}" for name, r in parts.items() if r.problem is not None]
    return Report(
        student,
        tuple(questions),
        notes=tuple(f"{name}: {note}" for name, r in parts.items() for note in r.notes),
        problem=" ".join(problems) or None,
        seconds=sum(r.seconds for r in parts.values()),
        versions=next(iter(parts.values())).versions,
    )


def _finished(outcome: Outcome, notes: tuple[str, ...]) -> Outcome:
    report = replace(
        outcome.report,
        notes=(*notes, *outcome.report.notes),
        versions={**versions(), **outcome.report.versions},
    )
    return replace(outcome, report=report)


def _agree(recorded: tuple[int, float] | None, report: Report) -> bool:
    """Whether the gradebook holds the marks of `report`, by their number and their sum."""
    points = [q.points for q in report.questions if q.points is not None]
    if recorded is None or recorded[0] != len(points):
        return False
    return math.isclose(recorded[1], sum(points), abs_tol=1e-9)


def _checked(name: str, source: bytes) -> bytes:
    """The source, if it is written in the language that is run here."""
    try:
        _, metadata = template(source, Settings().conventions)
    except SourceProblem as problem:
        raise SourceProblem(f"{name}.ipynb: {problem}") from None
    kernel = metadata.get("kernelspec")
    language = kernel.get("language", "python") if isinstance(kernel, dict) else "python"
    if language != "python":
        raise SourceProblem(f"{name}.ipynb is written in {language}; Python is graded here.")
    return source


def _in_the_way(theirs: Iterable[str], ours: Iterable[str]) -> list[str]:
    """Files of a student's where an instructor has a folder, or in a folder that is a file."""
    files = {PurePath(name) for name in ours}
    folders = {folder for file in files for folder in file.parents}
    return [
        name
        for name in theirs
        if PurePath(name) in folders or not files.isdisjoint(PurePath(name).parents)
    ]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _iso(submission: Submission) -> str | None:
    return submission.timestamp.isoformat() if submission.timestamp is not None else None


def _size(path: Path) -> int:
    """The size of a file; 0 if there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
