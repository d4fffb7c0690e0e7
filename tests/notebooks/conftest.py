"""A lecture's cells import `figures` from the lecture's own folder, and so do these tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "notebooks" / "lectures"))
