"""Release the course, grade a sample class and show what came out.

Everything is made in build/ and kept there; the second time only what changed is run again.
"""

from __future__ import annotations

import argparse

from graders.commands import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_workers(parser)
    shared.add_isolation(parser)


def run(options: argparse.Namespace) -> int:
    from graders.demo import demo

    shared.require_isolation(options.isolation)
    return demo(workers=shared.workers(options.workers), isolation=options.isolation)
