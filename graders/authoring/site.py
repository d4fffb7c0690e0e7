"""What the documentation site (docs/conf.py) needs beyond Sphinx: the help of every command."""

from __future__ import annotations

import argparse
import importlib
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from graders.cli import COMMANDS

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class CommandHelp(SphinxDirective):
    """Every command's own help, so that the page cannot differ from the program."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        return [_section(command) for command in COMMANDS]


def _section(command: str) -> nodes.section:
    title = f"graders {command}"
    section = nodes.section(ids=[f"graders-{command}"])
    section += nodes.title(title, title)
    section += nodes.literal_block(_help(command), _help(command), language="text")
    return section


def _help(command: str) -> str:
    module = importlib.import_module(f"graders.commands.{command}")
    parser = argparse.ArgumentParser(
        prog=f"graders {command}",
        description=module.__doc__,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(
            prog, max_help_position=24, width=88
        ),
    )
    module.arguments(parser)
    return parser.format_help()


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("command-help", CommandHelp)
    return {"parallel_read_safe": True}
