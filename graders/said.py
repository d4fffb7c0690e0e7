"""What a guest says of a cell that it ran, as far as it has the right form."""

from __future__ import annotations

from typing import Any

from graders.plaintext import one_line, storable


def clean_result(result: Any) -> dict[str, Any]:
    """What a guest says of a cell, as far as it has the right form."""
    result = result if type(result) is dict else {}
    count, error = result.get("count"), result.get("error")
    described = None
    if error is not None:
        described = ("Exception", "")
        if type(error) is list and len(error) == 4 and type(error[0]) is list and error[0]:
            described = (one_line(str(error[0][0]), 100), one_line(str(error[1]), 300))
    outputs = result.get("outputs")
    cleaned = map(_clean_output, outputs if type(outputs) is list else ())
    return {
        "outputs": [output for output in cleaned if output is not None],
        "late": result.get("late") is True,
        "count": count if type(count) is int else None,
        "error": described,
    }


def _clean_output(output: Any) -> dict[str, Any] | None:
    """One output in nbformat 4's form, or None if it is nothing like one."""
    if type(output) is not dict:
        return None
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _plain(output.get("text"))}
    if kind == "error":
        lines = output.get("traceback")
        lines = [_plain(line) for line in lines] if type(lines) is list else []
        texts = {key: _plain(output.get(key)) for key in ("ename", "evalue")}
        return {"output_type": kind, **texts, "traceback": lines}
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        items = data.items() if type(data) is dict else ()
        kept = {m: _plain(v) for m, v in items if type(m) is str and type(v) is str}
        cleaned = {"output_type": kind, "data": kept, "metadata": {}}
        if kind == "execute_result":
            count = output.get("execution_count")
            cleaned["execution_count"] = count if type(count) is int else None
        return cleaned
    return None


def _plain(text: Any) -> str:
    return storable(text) if type(text) is str else ""
