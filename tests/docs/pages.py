"""The pages of the documentation, and the blocks of them that can be run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^(`{3,})(\{?[\w-]*\}?)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\[exit (\d+)\]")


@dataclass
class Command:
    """One command of a page, and what the page says that it prints."""

    text: str
    line: int
    shown: list[str] = field(default_factory=list)
    code: int = 0

    def differs(self, printed: str) -> bool:
        """Whether what it printed is not what is shown, which may leave parts out."""
        if not self.shown:
            return False
        lines = [line.rstrip() for line in printed.strip("\n").splitlines()]
        return not re.fullmatch(self._pattern(), "".join(f"{line}\n" for line in lines))

    def _pattern(self) -> str:
        return "".join(
            r"(?:.*\n)*?"
            if line.strip() == "..."
            else re.escape(line).replace("…", ".*") + r"\n"
            for line in self.shown
        )


def blocks(page: Path, kind: str) -> Iterator[tuple[int, str]]:
    """The fenced blocks of a kind, each with the number of its first line."""
    text = page.read_text(encoding="utf-8")
    for fence in _FENCE.finditer(text):
        if fence[2] == kind:
            yield text.count("\n", 0, fence.start(3)) + 1, fence[3]


def commands(page: Path) -> list[Command]:
    """The commands of the page's `console` blocks, in order."""
    found: list[Command] = []
    for first, block in blocks(page, "console"):
        begun = False
        for number, line in enumerate(block.splitlines(), first):
            if line.startswith("$ "):
                found.append(Command(line[2:], number))
                begun = True
                continue
            assert begun, f"{page.name}, line {number}: a console block begins with `$ `"
            if found[-1].text.endswith("\\"):
                found[-1].text += "\n" + line
            elif at_end := _EXIT.fullmatch(line.strip()):
                found[-1].code = int(at_end[1])
            else:
                found[-1].shown.append(line.rstrip())
    return found
