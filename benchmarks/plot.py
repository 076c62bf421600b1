"""The plot of `docs/benchmarks.md`: time and memory against rows."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.report import Points

mpl.rcParams.update({"svg.hashsalt": "benchmarks", "font.size": 9})
COLOURS = {"ours": "#03363d", "ours, with ticket_metrics": "#17a5b5", "floor": "#9aa5a8", "airbyte": "#d1495b"}


def draw(file: Path, seconds: Points, megabytes: Points) -> None:
    """Write the plot as SVG."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    _lines(left, seconds, "seconds")
    left.set_yscale("log")
    _lines(right, megabytes, "megabytes at most")
    right.set_ylim(bottom=0)
    left.legend(frameon=False)
    figure.savefig(file, format="svg", metadata={"Date": None})


def _lines(axes: Axes, lines: Points, label: str) -> None:
    for name, points in lines.items():
        axes.plot(*zip(*points, strict=True), marker="o", markersize=4, label=name, color=COLOURS[name])
    axes.set(xscale="log", xlabel="tickets", ylabel=label)
    axes.grid(visible=True, alpha=0.2)
