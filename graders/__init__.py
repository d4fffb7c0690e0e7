"""The grading harness: hidden tests against analytic gradients, run safely and never lost.

    from graders import check, progress     what a student uses, in a notebook
    graders.grade(source, submission)       what an instructor's script uses (`graders.report`)

Nothing but the standard library is imported until it is asked for, so that a student's bundle
may hold `graders.check` and `graders.student` alone.
"""

from typing import Any

__all__ = ["Report", "check", "grade", "progress"]


def __getattr__(name: str) -> Any:
    import importlib

    if name == "grade":
        return importlib.import_module("graders.grading").grade
    if name == "Report":
        return importlib.import_module("graders.report").Report
    if name == "progress":
        return importlib.import_module("graders.student.progress").progress
    if name == "check":
        return importlib.import_module("graders.check")
    raise AttributeError(f"module 'graders' has no attribute {name!r}")
