"""How much a submission may use before it is stopped."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one submission; seconds are of wall time unless they say otherwise.

    A cell is one run of one code cell; a question is one test cell, with every call that it
    makes into the student's code.
    """

    cell_seconds: float = 30.0
    question_seconds: float = 30.0
    submission_seconds: float = 300.0
    cpu_seconds: int = 300
    memory_bytes: int = 1024 * MEBIBYTE
    processes: int = 64
    disk_bytes: int = 64 * MEBIBYTE
    output_bytes: int = MEBIBYTE  # printed by one cell; what is over is cut
    value_bytes: int = 64 * MEBIBYTE  # one value that crosses to the judge
