"""Decides the marks: runs test cells in a trusted process that no student code ever enters.

A judge is forked for every submission, so that nothing of one is left for the next and it can
be killed. It drives the guest through the notebook cell by cell and runs each test cell itself,
in a namespace where the test's own names and those of the given cells are the judge's, and
every other name is looked up in the guest (see `graders.ownership` and `graders.remote`).

It reports each step as it is done. When the guest dies or hangs, the judge says so and ends;
the worker starts both anew and goes on behind the cell that did it.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import hmac
import importlib
import io
import os
import re
import resource
import signal
import socket
import sys
import time
import types
from typing import Any

from graders import seed, sources, visible
from graders.ownership import definitions, imports_of, parse
from graders.plaintext import one_line
from graders.remote import Broken, CannotCross, OutOfTime, Student, Trust
from graders.report import Status
from graders.said import clean_result
from graders.sandbox import wire
from graders.verdict import (
    MESSAGE_CHARACTERS,
    Verdict,
    describe_failure,
    full_text,
    grade_value,
    hidden_lines,
    outputs_of_test,
    public_part,
    undecided,
)

# Modules whose state is the student's: a figure drawn there is not in the pyplot here.
STATEFUL = frozenset(("matplotlib.pyplot", "pylab"))
# Where a test sets a random generator, the student's generators are set alike.
_SEEDS = re.compile(r"\b(manual_seed|seed|set_state|setstate|set_rng_state)\s*\(")
_DRAWN = "graders.keys"  # a hidden test that asks a key
SEEN_SECONDS = 2.0
IN_STUDENT_PROCESS = "in-student-process"


class Namespace(dict[str, Any]):
    """The globals of the test cells; a name that is not in it is looked up in the guest."""

    def __init__(self, asked: frozenset[str]) -> None:
        super().__init__(__name__="__main__", __builtins__=builtins)
        self._asked = asked
        self._deleted: set[str] = set()
        self.student: Student | None = None
        self.missed: str | None = None

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name) and name not in self._asked:
            raise KeyError(name)
        try:
            return self.student.look_up(name)
        except NameError:
            self.missed = name
            raise KeyError(name) from None

    def __setitem__(self, name: str, value: Any) -> None:
        if type(value) is types.ModuleType and value.__name__ in STATEFUL:
            value = self.student.operate("module", value.__name__)
        if name in self._deleted:
            self.student.operate("bind", name, value)
            self._deleted.discard(name)
        else:
            super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        """A test that deletes an answer, to see what needs it, means the student's own.

        What it then binds to that name is the student's again. Nothing else that a test binds
        is shown to the student's code, for it may be what an answer is compared with.
        """
        if name in self or name not in self._asked:
            super().__delitem__(name)
        else:
            self.student.operate("unbind", name)
            self._deleted.add(name)

    def name_theirs(self, names: dict[str, str]) -> None:
        """Let names stand for modules of the student's, by the modules' names."""
        for name, module in names.items():
            super().__setitem__(name, self.student.operate("module", module))


class _Printed(io.StringIO):
    """What a test cell prints, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._left = limit

    def write(self, text: str) -> int:
        kept = text[: self._left]
        self._left -= len(kept)
        super().write(kept)
        return len(text)


class Judge:
    """Takes one submission through its notebook."""

    def __init__(self, job: dict[str, Any], guest: wire.Channel, report: wire.Channel) -> None:
        self._job = job
        self._limits = job["limits"]
        self._report = report
        self._asked = frozenset(job["asked"])
        self._constants = frozenset(job["constants"])
        self._namespace = Namespace(self._asked)
        self._given: dict[str, Any] = {}
        trust = Trust(self._given, frozenset(job["classes"]))
        self._student = Student(guest, trust, self._limits["value_bytes"])
        self._namespace.student = self._student
        self._lost: dict[int, tuple[Status, str]] = {}
        self._failed: dict[int, tuple[str, str]] = {}
        self._since_test: list[int] = []

    def examine(self) -> None:
        """Run every cell; say how each went."""
        cells = self._job["cells"]
        self._student.begin(self._job["files"])
        seed.set_seed(self._job["seed"])
        sources.set_sources(filter(None, map(_written, cells)))
        self._lost = {i: (Status(s), text) for i, (s, text) in self._job["lost"].items()}
        for cell in cells:
            self._step(cell)

    def _step(self, cell: dict[str, Any]) -> None:
        index, role = cell["index"], cell["role"]
        again = index < self._job["resume"]
        if role == "test":
            if index < self._job["alone"]:
                self._define(cell["source"])
            elif index in self._job["settled"]:
                self._show_public_part(cell["source"])
                self._define(cell["source"])
            elif index not in self._lost:
                self.say("start", index)
                self._question(cell, again)
            self._since_test.clear()
        elif role != "text" and cell["code"]:
            self._since_test.append(index)
            if index not in self._lost:
                self.say("start", index)
                self._run(cell, again)

    def say(self, *message: Any) -> None:
        encoder = wire.Encoder(_nothing_else, self._report.limit)
        self._report.send(encoder.encode(list(message)), encoder.blobs)

    def _run(self, cell: dict[str, Any], again: bool) -> None:
        """Run one of the notebook's code cells in the guest."""
        index = cell["index"]
        result = clean_result(self._student.cell(cell["source"], self._limits["cell_seconds"]))
        if result["late"]:
            self._lost[index] = (Status.TIMEOUT, "ran longer than it may")
        elif result["error"]:
            self._failed[index] = result["error"]
            if result["error"][0] == "MemoryError":
                self._lost[index] = (Status.MEMORY, "needed more memory than it may have")
        if cell["role"] == "given":
            self._define(cell["source"])
        if not again:
            self.say("cell", index, result["outputs"], result["count"])

    def _define(self, source: str) -> None:
        """Give the judge its own of what a given cell imports and defines."""
        tree = parse(source)
        if tree is None:
            return
        for node in definitions(tree, self._asked, self._constants).body:
            before = dict(self._namespace)
            # A given cell that fails here failed, or will fail, in front of the student too.
            with contextlib.suppress(Exception):
                if theirs := imports_of(node, STATEFUL):
                    self._namespace.name_theirs(theirs)  # and nothing is imported here
                else:
                    exec(compile(ast.Module([node], []), "<given>", "exec"), self._namespace)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                made = {k: v for k, v in self._namespace.items() if before.get(k) is not v}
                self._given.update(made)

    def _question(self, cell: dict[str, Any], again: bool) -> None:
        """Run one test cell, here or, if it is tagged so, in the student's process."""
        started = time.monotonic()
        seconds = self._limits["question_seconds"]
        if cell["in_student_process"]:
            verdict = self._question_over_there(cell, seconds)
        else:
            self._show_public_part(cell["source"])
            verdict = self._question_here(cell, seconds)
        verdict.seconds = time.monotonic() - started
        if self._student.broken:
            raise Broken(self._student.broken)
        if again:
            return
        if verdict.status is Status.FAILED and _DRAWN in cell["source"]:
            verdict.seen = self._seen(cell)
        self.say("question", cell["index"], verdict.to_record())
        if self._student.broken:
            raise Broken(self._student.broken)

    def _seen(self, cell: dict[str, Any]) -> dict[str, Any] | None:
        """What the visible part of a failed test says; the mark does not depend on it.

        Only of tests whose hidden inputs are drawn anew for every submission: answers that
        remember what they were called with could say it here.
        """
        tree = parse_test(public_part(cell["source"]))
        if isinstance(tree, str):
            return None
        seconds = min(SEEN_SECONDS, self._limits["question_seconds"])
        self._student.start_question(seconds)
        printed = _Printed(0)
        alarm = _Alarm(self._student)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                alarm.start(seconds)
                run_cell(tree, "<visible check>", self._namespace)
            except BaseException as error:
                return visible.seen(error)
            finally:
                alarm.stop()
        return None

    def _show_public_part(self, source: str) -> None:
        """Run in the guest what later cells may need of a test cell: its visible imports."""
        tree = parse(public_part(source))
        if tree is None:
            return
        wanted = definitions(tree, frozenset())
        if wanted.body:
            self._student.cell(ast.unparse(wanted), self._limits["cell_seconds"], keep=False)

    def _question_here(self, cell: dict[str, Any], seconds: float) -> Verdict:
        tree = parse_test(cell["source"])
        if isinstance(tree, str):
            return undecided("The test cell itself has a syntax error.", tree)
        name = f"<test cell {cell['index']}>"
        printed = _Printed(self._limits["output_bytes"])
        self._namespace.missed = None
        self._student.start_question(seconds)
        self._student.follow_seed = _SEEDS.search(cell["source"]) is not None
        value, error = None, None
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            alarm = _Alarm(self._student)
            try:
                alarm.start(seconds)
                value = run_cell(tree, name, self._namespace)
            except BaseException as raised:
                error = raised
            finally:
                alarm.stop()
            self._student.start_question(self._limits["cell_seconds"])  # to format the error
            if error is None:
                verdict = grade_value(value, cell["points"])
            else:
                verdict = self._explain(error, cell, name)
        verdict.outputs = outputs_of_test(printed.getvalue(), value, error, verdict, cell)
        return verdict

    def _question_over_there(self, cell: dict[str, Any], seconds: float) -> Verdict:
        """nbgrader's own way: the verdict is what the student's process says."""
        result = clean_result(self._student.cell(cell["source"], seconds))
        if result["late"]:
            return Verdict(Status.TIMEOUT, 0.0, "Your code ran too long and was stopped.")
        if result["error"]:
            kind, text = result["error"]
            status = Status.FAILED if kind == "AssertionError" else Status.ERROR
            verdict = Verdict(status, 0.0, f"{kind}: {text}", outputs=result["outputs"])
            if hidden_lines(cell["source"]):
                verdict.message, verdict.detail = "A hidden test failed.", verdict.message
            return verdict
        shown = [o for o in result["outputs"] if o["output_type"] == "execute_result"]
        value = None
        if shown:
            with contextlib.suppress(ValueError):
                value = float(shown[0]["data"].get("text/plain", ""))
        verdict = grade_value(value, cell["points"])
        verdict.outputs = result["outputs"]
        return verdict

    def _explain(self, error: BaseException, cell: dict[str, Any], name: str) -> Verdict:
        """What an exception in a test cell says about the student's answer."""
        detail = full_text(error)
        if isinstance(error, OutOfTime):
            return Verdict(
                Status.TIMEOUT, 0.0, "Your code ran too long and was stopped.", detail
            )
        if isinstance(error, Broken):
            return Verdict(Status.CRASHED, 0.0, "", detail)
        if isinstance(error, MemoryError):
            return Verdict(
                Status.MEMORY, 0.0, "Your code needed more memory than it may have.", detail
            )
        if isinstance(error, CannotCross):
            return undecided("The test cannot be run apart from the student's code.", detail)
        fault = self._fault_of_test(error, name)
        if fault:
            return undecided(fault, detail)
        lost = self._why_lost(cell)
        if lost is not None:
            lost.detail = detail
            return lost
        return describe_failure(error, cell, name, detail)

    def _fault_of_test(self, error: BaseException, name: str) -> str | None:
        """Why the test cell, and not the student, is to blame; None if it is not."""
        if getattr(error, "_student_lines", None) is not None:
            return None
        if isinstance(error, NameError) and error.name and error.name == self._namespace.missed:
            known = self._asked or {error.name}
            if error.name not in known and not self._mentioned(error.name):
                return f"The test uses the name {error.name!r}, which no cell defines."
            return None
        if isinstance(error, ImportError):
            return f"The test cannot be run here: {error}."
        return None

    def _mentioned(self, name: str) -> bool:
        return any(c["role"] != "test" and name in c["source"] for c in self._job["cells"])

    def _why_lost(self, cell: dict[str, Any]) -> Verdict | None:
        """When the answer never came to its end: why, instead of what the test met then."""
        cells = {c["index"]: c for c in self._job["cells"]}
        before = [i for i in self._since_test if cells[i]["role"] in ("answer", "extra")]
        for index in before:
            if index in self._lost:
                status, text = self._lost[index]
                return Verdict(status, 0.0, f"Your code {text} and was stopped.")
        for index in before:
            if cells[index]["missing"] and cells[index]["role"] == "answer":
                return Verdict(Status.MISSING, 0.0, "There is no answer here.")
        for index in before:
            if index in self._failed:
                kind, text = self._failed[index]
                message = f"Your code stopped with {kind}: {text}"
                return Verdict(Status.ERROR, 0.0, one_line(message, MESSAGE_CHARACTERS))
        return None


def _written(cell: dict[str, Any]) -> str:
    """What a cell says about how an answer is written: all of it, or what it imports."""
    if cell["role"] in ("answer", "extra"):
        return cell["source"]
    tree = parse(cell["source"]) if cell["role"] == "given" else None
    nodes = ast.walk(tree) if tree else ()
    imports = [n for n in nodes if isinstance(n, (ast.Import, ast.ImportFrom))]
    return "\n".join(map(ast.unparse, imports))


class _Alarm:
    """Ends a question that runs over in the judge itself; the wait for the guest ends alone."""

    def __init__(self, student: Student) -> None:
        self._student = student
        self._running = False

    def start(self, seconds: float) -> None:
        self._running = True
        signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)

    def stop(self) -> None:
        self._running = False
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, *_: Any) -> None:
        if self._running and not self._student.talking:
            raise OutOfTime


def parse_test(source: str) -> ast.Module | str:
    """The syntax tree of a test cell, IPython's syntax included, or what is wrong with it."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            return ast.parse(TransformerManager().transform_cell(source))
        except (SyntaxError, ValueError) as error:
            return f"{type(error).__name__}: {error}"


def run_cell(tree: ast.Module, name: str, namespace: dict[str, Any]) -> Any:
    """Run a cell; the value of its last expression, as a notebook would show it, or None."""
    body = list(tree.body)
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), name, "exec"), namespace)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), name, "eval"), namespace)


def _nothing_else(value: Any, encoder: wire.Encoder) -> Any:
    raise TypeError(f"{type(value).__name__} is not plain data")


def prepare(config: dict[str, Any]) -> None:
    """Load, in the template, what every judge needs."""
    for name in ("graders.check", "minigrad"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def run(descriptors: list[int], config: dict[str, Any], loaded: int) -> None:
    """Be the judge of one submission: one descriptor leads to the guest, one to the worker."""
    limits = config["limits"]
    bound = loaded + limits["memory_bytes"] + 8 * limits["value_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    channels = [
        wire.Channel(socket.socket(fileno=d), limits["value_bytes"]) for d in descriptors
    ]
    guest, report = channels
    report.limit = 1 << 40  # the worker is trusted
    skeleton, blobs = report.receive()
    job = wire.Decoder(_no_reference, blobs).decode(skeleton)
    judge = Judge(job, guest, report)
    with open(os.devnull, "w") as nowhere:
        sys.stdout = sys.stderr = nowhere
        try:
            judge.examine()
            judge.say("end")
        except Broken as broken:
            judge.say("broken", broken.kind)
        except wire.Disconnected:
            return
        except BaseException as error:
            judge.say("failed", full_text(error))


def _no_reference(tag: int, parts: list[Any], decoder: wire.Decoder) -> Any:
    raise wire.WireError("not a value")


def submission_seed(secret: bytes, submission: bytes) -> bytes:
    """What hidden inputs are drawn from: not to be guessed without the course's secret."""
    return hmac.digest(secret, submission, "sha256")
