"""Print the table: `python -m benchmarks`. Compares with PyTorch too, where it is installed."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

# One thread each, or thread pools are compared. It has to be said before NumPy is loaded.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
minigrad = importlib.import_module("minigrad")
by_hand = importlib.import_module("benchmarks.by_hand")
loops = importlib.import_module("benchmarks.loops")

REPETITIONS = 7


def best_times(
    functions: dict[str, Callable[[], Any]], repetitions: int = REPETITIONS
) -> dict[str, float]:
    """The shortest processor time of each, in seconds, measured in turn."""
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(repetitions):
        for name, function in functions.items():
            begin = time.process_time()
            function()
            best[name] = min(best[name], time.process_time() - begin)
    return best


def comparisons(torch: Any) -> dict[str, tuple[dict[str, Callable[[], Any]], float, float]]:
    """For each loop: what to time, and the ratios to PyTorch and NumPy that are aimed at."""
    modules = {"minigrad": minigrad, **({"torch": torch} if torch else {})}
    regression_data = {name: loops.regression_data(m) for name, m in modules.items()}
    nets = {name: loops.two_layer_parts(m) for name, m in modules.items()}
    arrays = tuple([t.numpy() for t in regression_data["minigrad"]])
    net_by_hand = by_hand.two_layer_parts(minigrad)

    def both(loop: Callable[[Any, str], Any]) -> dict[str, Callable[[], Any]]:
        return {name: lambda m=m, name=name: loop(m, name) for name, m in modules.items()}

    nan = float("nan")
    return {
        "scalar descent": (both(lambda m, _: loops.scalar_descent(m)), 0.35, nan),
        "regression with SGD": (
            both(lambda m, name: loops.regression(m, regression_data[name]))
            | {"numpy": lambda: by_hand.regression(arrays)},
            0.45,
            3.0,
        ),
        "10,000 scalar operations": (both(lambda m, _: loops.chain(m)), 0.40, nan),
        "vectors of 10": (both(lambda m, _: loops.small_vectors(m)), 0.55, nan),
        "two-layer net with Adam": (
            both(lambda m, name: loops.two_layer_net(m, nets[name]))
            | {"numpy": lambda: by_hand.two_layer_net(net_by_hand)},
            0.90,
            1.10,
        ),
        "jacobian, R^50 to R^50": (both(lambda m, _: loops.jacobian(m)), 0.70, nan),
        "hessian, 20 dimensions": (both(lambda m, _: loops.hessian(m)), 0.70, nan),
    }


def cost_of_a_long_graph(long: int = 1_000_000, short: int = 1_000) -> float:
    """Seconds for each operation of a long chain, as a ratio to a short one."""

    def each(length: int, repetitions: int) -> float:
        runs: dict[str, Callable[[], Any]] = {"chain": lambda: loops.chain(minigrad, length)}
        return best_times(runs, repetitions)["chain"] / length

    return each(long, 1) / each(short, 50)


def peak_memory() -> float:
    """The most bytes in use during a step of the two-layer net, as a ratio to NumPy's."""

    def peak(run: Callable[[], Any]) -> int:
        run()
        gc.collect()
        tracemalloc.start()
        run()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    net, by_hand_net = loops.two_layer_parts(minigrad), by_hand.two_layer_parts(minigrad)
    ours = peak(lambda: loops.two_layer_net(minigrad, net, 3))
    return ours / peak(lambda: by_hand.two_layer_net(by_hand_net, 3))


def import_time() -> float:
    """Seconds that `import minigrad` takes when NumPy has been imported already."""
    script = (
        "import numpy, time; begin = time.process_time(); import minigrad; "
        "print(time.process_time() - begin)"
    )
    command = [sys.executable, "-c", script]
    return min(float(subprocess.check_output(command, text=True)) for _ in range(5))


def main() -> None:
    torch: Any = None
    if importlib.util.find_spec("torch"):
        torch = importlib.import_module("torch")
        torch.set_num_threads(1)
    print(f"{'':26}{'minigrad':>10}   {'/ PyTorch':>18}   {'/ by hand in NumPy':>18}")
    for title, (functions, torch_bar, numpy_bar) in comparisons(torch).items():
        times = best_times(functions)
        cells = [
            f"{times['minigrad'] / times[other]:6.2f} (aim {bar:.2f})"
            if other in times
            else "-"
            for other, bar in (("torch", torch_bar), ("numpy", numpy_bar))
        ]
        milliseconds = times["minigrad"] * 1e3
        print(f"{title:26}{milliseconds:7.2f} ms   {cells[0]:>18}   {cells[1]:>18}")
    ratio = cost_of_a_long_graph()
    print(f"an operation of 1,000,000 to one of 1,000{ratio:8.2f} (aim 1.50)")
    print(f"peak memory, two-layer net, to NumPy's   {peak_memory():8.2f} (aim 1.20)")
    print(f"import, over NumPy's                     {import_time():8.3f} s (aim 0.050)")
    if torch is None:
        print("PyTorch is not installed, so there is nothing to compare with in that column.")


if __name__ == "__main__":
    main()
