"""The derivative table as a page: `python -m minigrad.tabulate` writes it.

A lecture links to it; what it says is what the engine uses, since both read the same entries.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from minigrad import rules
from minigrad.rules.table import TABLE, Rule

PAGE = Path(__file__).parents[1] / "notebooks" / "lectures" / "derivative_table.md"

HEAD = """\
# The derivative table

Every operation that minigrad can differentiate, and its local derivative for each input. This
page is made from the rules themselves by `python -m minigrad.tabulate`; do not edit it.

The **formula** is what the cotangent is multiplied by on its way back to the input: a factor
for each element, or what is done to the whole cotangent G of the result. Several inputs are
parted by a semicolon; a dash stands for an input that has no derivative. **In the graph** is
the name that `grad_fn` shows. The **remark** says where there is a kink, what counts as the
slope there, and where the operation is defined.
"""


def page() -> str:
    """The page, in Markdown."""
    parts = [HEAD]
    for name in sorted(m.name for m in pkgutil.iter_modules(rules.__path__)):
        module = import_module(f"minigrad.rules.{name}")
        entries = _own_entries(module)
        if entries:
            idea = (inspect.getdoc(module) or "").split("\n\n")[0].replace("\n", " ")
            rows = "\n".join([_row(rule) for rule in entries])
            parts.append(
                f"## {name.replace('_', ' ').capitalize()}\n\n{idea}\n\n"
                "| Operation | Formula | In the graph | Remark |\n| --- | --- | --- | --- |\n"
                f"{rows}\n"
            )
    return "\n".join(parts)


def _own_entries(module: ModuleType) -> list[Rule]:
    """The entries that a file makes (it may import others), in the order of their names."""
    tree = ast.parse(inspect.getsource(module))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    imported = {each.asname or each.name for node in imports for each in node.names}
    found = [v for k, v in vars(module).items() if isinstance(v, Rule) and k not in imported]
    return sorted(dict.fromkeys(found), key=lambda rule: rule.name)


def _row(rule: Rule) -> str:
    formula = "; ".join([each or "–" for each in rule.formula])
    name = f"`{rule.usual_name}`" if rule.usual_name else "depends on its arguments"
    cells = (f"`{rule.name}`", formula, name, rule.note)
    return "| " + " | ".join([cell.replace("|", "\\|") for cell in cells]) + " |"


def main() -> None:
    """Write the page; with `--check`, fail if it is not as it would be written."""
    if "--check" in sys.argv:
        if PAGE.read_text(encoding="utf-8") != page():
            sys.exit("the page is out of date: run python -m minigrad.tabulate")
        return
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{len(TABLE)} operations in {PAGE}")


if __name__ == "__main__":
    main()
