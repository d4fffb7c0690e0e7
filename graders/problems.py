"""Errors that are a sentence for whoever asked: what is wrong, and what to do about it."""

from __future__ import annotations


class UserProblem(Exception):
    """What was asked for cannot be done. The command line prints the text and nothing else."""
