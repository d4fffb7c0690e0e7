"""The page of derivatives says what the table says, and leaves nothing out."""

import re

from minigrad import tabulate
from minigrad.rules import TABLE


def test_every_entry_has_its_row_once():
    rows = re.findall(r"^\| `(\w+)` \|", tabulate.page(), re.MULTILINE)
    assert sorted(rows) == sorted(TABLE)


def test_the_page_is_current():
    message = "run python -m minigrad.tabulate"
    assert tabulate.PAGE.read_text(encoding="utf-8") == tabulate.page(), message
