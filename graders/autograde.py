"""`nbgrader autograde`, and the formgrader's button, by this engine: a line of configuration.

    import graders.autograde  # in nbgrader_config.py

nbgrader reads that file before it grades, and builds its converter by a name in two of its
modules; from then on that name stands for the converter below. Its options (--force,
--student, --db), late policy and files stay nbgrader's; marks, notebooks and journal are those
of `graders grade`. Where nbgrader is not about to grade, the import does nothing.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from graders.problems import UserProblem
from graders.report import Report
from graders.words import points

_USERS = ("nbgrader.apps.autogradeapp", "nbgrader.apps.api")


def _take_over() -> None:
    users = [sys.modules[name] for name in _USERS if name in sys.modules]
    if not users:
        return
    from nbgrader.converters.autograde import Autograde
    from nbgrader.converters.base import NbGraderException

    from graders.batch import Summary, Watch, grade_assignment
    from graders.course import Course

    class Engine(Autograde):
        """Grades the submissions that nbgrader has found by `grade_assignment`."""

        def convert_notebooks(self) -> None:
            try:
                summary = self._grade()
            except UserProblem as problem:
                self.log.error("%s", problem)
                raise NbGraderException(str(problem)) from None
            for student, reason in summary.unusable:
                self.log.error("%s needs a look: %s", student, reason)
            if summary.unusable:
                raise NbGraderException(f"{len(summary.unusable)} submissions need a look")

        def _grade(self) -> Summary:
            course = Course(Path(self.coursedir.root))
            # What the command line says counts more than the file.
            course.directory = self.coursedir
            course.config.merge(self.config)
            students = self._students()
            if not self.create_student:
                self._require_known(course, students)
            if self.coursedir.notebook_id != "*" or not self._executes():
                self.log.warning("Every notebook of a submission is run and graded.")
            return grade_assignment(
                course,
                self.coursedir.assignment_id,
                students=students,
                force=self.force,
                watch=Log(self.log),
            )

        def _students(self) -> list[str]:
            pattern = re.compile(self._format_source("(?P<a>.*)", "(?P<s>.*)", escape=True))
            found = (pattern.match(folder) for folder in self.assignments)
            excluded = {s.strip() for s in self.coursedir.student_id_exclude.split(",")}
            return sorted({match["s"] for match in found if match} - excluded)

        def _executes(self) -> bool:
            return all(
                self.config.get(section, {}).get("enabled", True)
                for section in ("Execute", "ExecutePreprocessor")
            )

        def _require_known(self, course: Course, students: Sequence[str]) -> None:
            unknown = set(students) - set(course.students())
            if unknown:
                raise UserProblem(f"not in the gradebook: {', '.join(sorted(unknown))}.")

    class Log(Watch):
        """Tells nbgrader's log, which the formgrader shows."""

        def __init__(self, log: logging.Logger) -> None:
            self._log = log

        def done(self, student: str, reports: Sequence[Report], *, fresh: bool) -> None:
            score = sum(report.score for report in reports)
            most = sum(report.max_score for report in reports)
            before = "" if fresh else ", as before"
            self._log.info("%s: %s of %s%s", student, points(score), points(most), before)

        def note(self, text: str) -> None:
            self._log.warning("%s", text)

        waiting = stray = note

    for user in users:
        vars(user)["Autograde"] = Engine


_take_over()
