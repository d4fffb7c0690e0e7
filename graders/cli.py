"""The command line: which commands there are, and how each of them ends.

A command is a module in `graders.commands` with `arguments(parser)` and `run(options)`; it is
imported when it is asked for, so that `graders --help` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from graders.exits import INTERRUPTED, OK, USAGE
from graders.plaintext import printable
from graders.problems import UserProblem

COMMANDS = {
    "init": "start a course folder: this course, or an empty one",
    "new-question": "begin a question: a section of the notebook and its key",
    "roster": "take in the class list of a learning management system",
    "release": "make the students' bundle, without an answer or a hidden test in it",
    "collect": "take submissions from Canvas, Moodle, Gradescope, Blackboard or folders",
    "grade": "grade an assignment of a course folder into its gradebook",
    "report": "write the class report, the marks as CSV and the feedback",
    "run": "grade notebooks against a source notebook, without a course folder",
    "export": "write the marks as Canvas, Moodle or Gradescope take them, or as CSV",
    "feedback": "hand feedback back by Canvas, Moodle or nbgrader's exchange",
    "audit": "search a folder or an archive for answers and hidden tests",
    "check-keys": "test the hidden tests: right answers, mistakes, oracles, mutants",
    "doctor": "say what this machine has for safe grading, and what it lacks",
    "pack": "make the file that a student hands in, and say what is missing from it",
    "lab": "open JupyterLab over the course",
    "demo": "release the course and grade a sample class, from beginning to end",
    "completion": "print what makes bash, zsh or fish complete these commands",
}
# The first command of each group, and what the group is for.
_GROUPS = {
    "init": "a course",
    "collect": "grading",
    "export": "marks out",
    "audit": "checking",
    "pack": "more",
}

_EPILOGUE = """\
graders COMMAND --help says more. Exit codes: 0 done; 1 something needs a look; 2 not done
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if not arguments:
        _parser().print_help()
        return USAGE
    command = arguments[0]
    if command not in COMMANDS:
        _parser().parse_args(arguments)  # --help and --version end here; all else is an error
        return USAGE
    module, parser = command_parser(command)
    options, more = parser.parse_known_args(arguments[1:])
    options.more = more
    if more and not getattr(module, "PASSES_OPTIONS_ON", False):
        parser.error(f"unknown: {' '.join(more)}")
    try:
        return int(module.run(options))
    except KeyboardInterrupt:
        said = "what is graded is kept; the same command goes on from there"
        print(f"\nstopped{f': {said}' if command == 'grade' else ''}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output (head, say) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except UserProblem as problem:
        print(f"graders {command}: {printable(str(problem))}", file=sys.stderr)
        return USAGE
    except OSError as error:
        # A full disk, a folder that may not be written: the machine's matter, not a fault here.
        print(f"graders {command}: {printable(_of_the_machine(error))}", file=sys.stderr)
        return USAGE


def command_parser(command: str) -> tuple[ModuleType, argparse.ArgumentParser]:
    """The module of a command, and the parser of its options."""
    module = importlib.import_module(f"graders.commands.{command.replace('-', '_')}")
    parser = argparse.ArgumentParser(
        prog=f"graders {command}", description=module.__doc__, formatter_class=_Help
    )
    module.arguments(parser)
    return module, parser


def _of_the_machine(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    advice = {
        errno.ENOSPC: "Free some space and give the same command again; nothing is lost.",
        errno.EROFS: "Mend that and give the same command again; nothing is lost.",
        errno.EACCES: "Mend that and give the same command again; nothing is lost.",
    }.get(error.errno or 0, "")
    return f"{where}{error.strerror or error}. {advice}".rstrip()


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=96)


def _parser() -> argparse.ArgumentParser:
    from graders.version import distribution_version

    parser = argparse.ArgumentParser(
        prog="graders",
        usage="graders COMMAND [options] | --version",
        description="Grade notebooks safely, fast and resumably.\n\n" + _commands(),
        epilog=_EPILOGUE,
        formatter_class=_Help,
        add_help=False,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help=argparse.SUPPRESS)
    parser.add_argument("-h", "--help", action="help", help=argparse.SUPPRESS)
    version = distribution_version()
    parser.add_argument("--version", action="version", version=version, help=argparse.SUPPRESS)
    return parser


def _commands() -> str:
    lines = []
    for name, text in COMMANDS.items():
        lines.append(f"  {_GROUPS.get(name, ''):<10}  {name:<12}  {text}")
    return "\n".join(lines)
