"""One question in many versions: constants, signs or functions that differ by student.

The source notebook holds one version, the default; it is a whole and working notebook. A
question's key lists all versions that there are, and how each is written, so that the passages
of the default can be exchanged for a student's own: in the text, in the given code, in the
solution, and in the hidden test, which names its parameters.

Which version is whose follows from the course's secret and the student's id, and from nothing
else, so it is the same today, tomorrow and on another machine:

    digest  = HMAC-SHA256(secret, "variant" 0 ASSIGNMENT 0 QUESTION 0 STUDENT)
    version = members[digest as a big-endian integer modulo the number of members]

where the texts are in UTF-8 and 0 is a zero byte.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Family:
    """The versions of a question.

    Attributes:
        default: The parameters of the version that stands in the source notebook.
        members: Those that students may get, in an order that stays: a version more or less
            deals all of them anew.
        passages: From the parameters to the texts in which a notebook shows them, by what each
            is. The default's stand in the source word for word.
    """

    default: Parameters
    members: tuple[Parameters, ...]
    passages: Callable[..., Mapping[str, str]]

    def of(self, student: str, question: str, assignment: str, secret: bytes) -> Parameters:
        """The version of `student`."""
        message = "\0".join(("variant", assignment, question, student)).encode()
        digest = hmac.digest(secret, message, "sha256")
        return self.members[int.from_bytes(digest, "big") % len(self.members)]

    def texts(self, question: str, parameters: Parameters) -> dict[str, str]:
        """All passages of a version, the hidden test's call of the key among them."""
        call = f".{question}.variant({shown(parameters)}).test("
        return {**self.passages(**parameters), "hidden test": call}

    def some(self, count: int) -> list[Parameters]:
        """Members far apart in the list, for trying."""
        step = max(1, len(self.members) // count)
        return list(self.members[::step][:count])


def shown(parameters: Parameters) -> str:
    """The parameters as they are passed in Python."""
    return ", ".join(f"{name}={value!r}" for name, value in parameters.items())
