"""What a journey looked like: a picture of each step, and how long it took.

They are left in build/journeys/, which git does not know, for a person to look at.
"""

import json
import time
from pathlib import Path

PICTURES = Path(__file__).resolve().parents[2] / "build" / "journeys"


class Journey:
    """Steps of one journey, in order. `actions` are a person's: a command, a click, a text."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: list[dict[str, object]] = []
        self._began = time.monotonic()

    def step(self, what: str, page=None, *, actions: int = 1) -> None:
        """One step is done, and this is what it looks like."""
        number = len(self.steps) + 1
        seconds = round(time.monotonic() - self._began, 1)
        self.steps.append({"step": what, "actions": actions, "seconds": seconds})
        PICTURES.mkdir(parents=True, exist_ok=True)
        if page is not None:
            page.screenshot(path=PICTURES / f"{self.name}_{number:02}_{what}.png")
        (PICTURES / f"{self.name}.json").write_text(json.dumps(self.steps, indent=1) + "\n")
