"""IPython without a kernel: runs a cell and keeps its outputs as nbformat 4 writes them.

Display hooks, rich representations, magics and tracebacks are IPython's own; only where they
end differs. What a cell prints is cut when it passes its limit, so that a submission cannot
fill the disk of whoever grades it.
"""

from __future__ import annotations

import io
import os
import sys
from base64 import b64encode
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

INLINE = "module://matplotlib_inline.backend_inline"


class Outputs:
    """The outputs of the running cell; `limit` bounds their bytes, with a word where it cut."""

    def __init__(self) -> None:
        self.start(0)

    def start(self, limit: int) -> None:
        self._left = limit
        self.cut = False
        self.listed: list[dict[str, Any]] = []

    def stream(self, name: str, text: str) -> None:
        if self.cut or not text:
            return
        if len(text) > self._left:
            text = text[: self._left]
            self.cut = True
        self._left -= len(text)
        last = self.listed[-1] if self.listed else {}
        if last.get("name") == name:
            last["parts"].append(text)
        else:
            self.listed.append({"output_type": "stream", "name": name, "parts": [text]})
        if self.cut:
            self.listed.append(_notice("(more was printed than the limit; the rest is cut)"))

    def add(self, output: dict[str, Any], size: int) -> None:
        if size > self._left:
            self.listed.append(_notice("(an output larger than the limit is left out)"))
            return
        self._left -= size
        self.listed.append(output)

    def take(self) -> list[dict[str, Any]]:
        """The outputs in nbformat's form."""
        for output in self.listed:
            if "parts" in output:
                output["text"] = "".join(output.pop("parts"))
        return self.listed


def _notice(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stderr", "parts": [f"\n{text}\n"]}


class Stream(io.TextIOBase):
    """What `print` writes to; the name tells stdout from stderr."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, name: str, write: Any) -> None:
        self.name = name
        self._write = write

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._write(self.name, str(text))
        return len(text)


class _Hook(DisplayHook):
    """Sends the value of a cell's last expression to the outputs."""

    outputs: Outputs

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        output = _bundle("execute_result", format_dict, md_dict)
        output["execution_count"] = self.prompt_count
        self.outputs.add(output, _size(output))

    def finish_displayhook(self) -> None:
        pass


class _Publisher(DisplayPublisher):
    outputs: Outputs

    def publish(self, data: dict, metadata: dict | None = None, **kwargs: Any) -> None:
        output = _bundle("display_data", data, metadata)
        self.outputs.add(output, _size(output))

    def clear_output(self, wait: bool = False) -> None:
        del self.outputs.listed[:]


def _bundle(kind: str, data: dict, metadata: dict | None) -> dict[str, Any]:
    texts = {
        mime: b64encode(item).decode() if isinstance(item, bytes) else item
        for mime, item in data.items()
    }
    return {"output_type": kind, "data": texts, "metadata": metadata or {}}


def _size(output: dict[str, Any]) -> int:
    return sum(len(item) if isinstance(item, str) else 1000 for item in output["data"].values())


class Shell(InteractiveShell):
    """One notebook's namespace and outputs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outputs = Outputs()
        self.displayhook.outputs = self.outputs
        self.display_pub.outputs = self.outputs

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        output = {
            "output_type": "error",
            "ename": etype.__name__,
            "evalue": text_of(evalue),
            "traceback": stb,
        }
        self.outputs.add(output, sum(map(len, stb)))

    def ask_exit(self) -> None:
        """`exit` and `quit` end nothing: the notebook goes on with its next cell."""

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window system here; `%matplotlib qt` and its like change nothing."""


def text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(the exception cannot be shown as text)"


def make_shell(directory: str) -> Shell:
    """The shell of this process, with figures shown inline and no history kept."""
    os.environ["IPYTHONDIR"] = f"{directory}/.ipython"
    os.environ["MPLCONFIGDIR"] = f"{directory}/.matplotlib"
    os.environ["MPLBACKEND"] = INLINE
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Context"
    shell = Shell.instance(config=config, displayhook_class=_Hook, display_pub_class=_Publisher)
    shell.user_ns.setdefault("__name__", "__main__")
    return shell


def warm_figures() -> None:
    """Draw once, so that a fork finds fonts and caches ready."""
    import matplotlib.pyplot as plt
    import matplotlib_inline.backend_inline as inline
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    inline.configure_inline_support(Shell.instance(), INLINE)
    figure, axes = plt.subplots()
    axes.plot([0, 1], label="y")
    axes.set(title="x", xlabel="$x$")
    axes.legend()
    FigureCanvasAgg(figure).print_png(io.BytesIO())
    plt.close("all")
    inline.show._to_draw = []
    inline.show._draw_called = False


def warm_errors(shell: Shell) -> None:
    """Format one traceback, which loads what formatting needs."""
    shell.run_cell("1 / 0", store_history=False)
    shell.execution_count = 1
    shell.outputs.start(0)


def capture(shell: Shell) -> None:
    """Send what is printed in this process to the shell's outputs."""
    sys.stdout = Stream("stdout", shell.outputs.stream)
    sys.stderr = Stream("stderr", shell.outputs.stream)
