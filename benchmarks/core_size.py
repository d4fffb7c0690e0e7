"""How long the code is that a lecture walks through: `python -m benchmarks.core_size`.

Lines that hold code, without comments, docstrings and blank lines: of the tape (node, apply,
engine), of the part of Tensor that the tape is about, and of the thirty rules that the lectures
use.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "minigrad"
FILES = ("node", "apply", "engine")
HEART = [
    "requires_grad",
    "is_leaf",
    "grad_fn",
    "grad",
    "backward",
    "detach",
    "__add__",
    "__radd__",
    "__sub__",
    "__rsub__",
    "__mul__",
    "__rmul__",
    "__truediv__",
    "__rtruediv__",
    "__pow__",
    "__neg__",
    "__matmul__",
]
RULES = {
    "elementwise": [
        "add",
        "sub",
        "rsub",
        "mul",
        "div",
        "neg",
        "reciprocal",
        "pow_scalar",
        "_power",
        "_power_slope",
        "sqrt",
        "exp",
        "log",
        "sin",
        "cos",
        "tan",
        "tanh",
        "sigmoid",
        "absolute",
        "relu",
        "maximum",
        "minimum",
        "where",
        "clone",
        "rounded",
    ],
    "matrix": ["dot", "mv", "mm", "addmm", "_right_cotangent"],
    "reductions": ["sum", "mean", "spread", "count", "_sum"],
    "shapes": ["expand", "reshape"],
}
BLANK = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def code_lines(text: str) -> set[int]:
    """The numbers of the lines that hold code."""
    documentation: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if documented and ast.get_docstring(node) is not None:
            first = node.body[0]
            documentation |= set(range(first.lineno, (first.end_lineno or 0) + 1))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in BLANK:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return lines - documentation


def of_names(text: str, names: list[str], inside: str | None = None) -> int:
    """How many code lines the definitions of these names have, in a file or a class of it."""
    body = ast.parse(text).body
    if inside is not None:
        (found,) = [n for n in body if isinstance(n, ast.ClassDef) and n.name == inside]
        body = found.body
    lines = code_lines(text)
    count = 0
    missing = set(names)
    for node in body:
        if isinstance(node, ast.FunctionDef):
            own, begin = {node.name}, node.lineno - len(node.decorator_list)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own = {target.id for target in targets if isinstance(target, ast.Name)}
            begin = node.lineno
        else:
            continue
        if own & set(names):
            missing -= own
            count += len(lines & set(range(begin, (node.end_lineno or 0) + 1)))
    if missing:
        raise ValueError(f"not found: {sorted(missing)}")
    return count


def sizes() -> dict[str, int]:
    """Code lines by part."""
    found = {name: len(code_lines((PACKAGE / f"{name}.py").read_text())) for name in FILES}
    found["heart of Tensor"] = of_names((PACKAGE / "tensor.py").read_text(), HEART, "Tensor")
    for name, names in RULES.items():
        text = (PACKAGE / "rules" / f"{name}.py").read_text()
        found[f"rules/{name}"] = of_names(text, names)
    return found


def main() -> None:
    """Print the list, and the lines of every module."""
    found = sizes()
    for name, count in found.items():
        print(f"{count:5}  {name}")
    print(f"{sum(found.values()):5}  the core together (aim 600)\n")
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text()
        counts = f"{len(code_lines(text)):5} of {len(text.splitlines()):5} lines"
        print(f"{counts}  {path.relative_to(PACKAGE)}")


if __name__ == "__main__":
    main()
