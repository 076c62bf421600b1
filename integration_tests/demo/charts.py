"""Charts of the recipes as SVG, with selectable text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, PALE, ORANGE, GREY = "#1f5f99", "#9fc3e0", "#d9772b", "#666666"
STYLE: dict[Any, Any] = {
    "axes.edgecolor": GREY, "axes.labelcolor": GREY, "axes.spines.right": False, "axes.spines.top": False,
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 10, "legend.frameon": False,
    "svg.fonttype": "none", "svg.hashsalt": "answers", "text.parse_math": False, "xtick.color": GREY,
    "ytick.color": GREY,
}  # fmt: skip
METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}


@dataclass(frozen=True)
class QueryResult:
    """The result of a query."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def __getitem__(self, column: str) -> list[Any]:
        index = self.columns.index(column)
        return [row[index] for row in self.rows]


def _shares(axes: Axes, names: list[str], values: list[float]) -> None:
    """Draw a bar for each name, the first on top, with its value."""
    bars = axes.barh(names, values, color=BLUE, height=0.65)
    axes.bar_label(bars, fmt="{:.1f} %", padding=4, color=GREY)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.tick_params(length=0, labelbottom=False)


def _first_reply(axes: Axes, answer: QueryResult) -> None:
    slow, names = answer["nine_of_ten_within_hours"], answer["group"]
    axes.barh(names, slow, color=PALE, height=0.65, label="nine of ten replies come within")
    bars = axes.barh(names, answer["half_within_hours"], color=BLUE, height=0.65, label="half of them within")
    axes.bar_label(bars, fmt="{:.1f} h", padding=4, color="black")
    axes.invert_yaxis()
    axes.set_xlabel("hours")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2)


def _backlog(axes: Axes, answer: QueryResult) -> None:
    axes.fill_between(answer["week"], answer["unsolved"], color=PALE, label="unsolved at the end of the week")
    axes.plot(answer["week"], answer["created"], color=BLUE, label="created")
    axes.plot(answer["week"], answer["solved"], color=ORANGE, label="solved")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("tickets")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3)
    axes.margins(x=0)


def _breaches(axes: Axes, answer: QueryResult) -> None:
    names = [f"{policy}, {metric.replace('_', ' ')}" for policy, metric, *_ in answer.rows]
    _shares(axes, names, answer["breached_percent"])


def _satisfaction(axes: Axes, answer: QueryResult) -> None:
    axes.plot(answer["month"], answer["satisfied_percent"], color=BLUE, marker="o")
    axes.axhline(100, color=PALE, linewidth=1)
    axes.set_ylim(0, 105)
    axes.set_ylabel("satisfied, %")


def _reopened(axes: Axes, answer: QueryResult) -> None:
    _shares(axes, answer["group"], answer["reopened_percent"])


def _hours(axes: Axes, answer: QueryResult) -> None:
    days = answer.columns[1:]
    mesh = axes.pcolormesh([answer[day] for day in days], cmap="Blues", edgecolors="white", linewidth=1)
    axes.set_yticks([place + 0.5 for place in range(len(days))], [day.title() for day in days])
    axes.set_xticks([place + 0.5 for place in range(len(answer.rows))], [str(hour) for hour in answer["hour"]])
    axes.set_xlabel("hour of the day")
    axes.invert_yaxis()
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.tick_params(length=0)
    axes.figure.colorbar(mesh, ax=axes, label="new tickets")


CHARTS: dict[str, Callable[[Axes, QueryResult], None]] = {
    "First reply time by group": _first_reply,
    "Backlog over time": _backlog,
    "SLA breaches": _breaches,
    "Customer satisfaction": _satisfaction,
    "Reopened tickets": _reopened,
    "Busiest hours": _hours,
}
"""The plotted recipes by title."""


def draw(title: str, answer: QueryResult) -> str:
    """The chart as an `<svg>` element."""
    written = StringIO()
    with rc_context(STYLE):
        figure = Figure(figsize=(8.4, 3.6), layout="constrained")
        CHARTS[title](figure.add_subplot(), answer)
        figure.savefig(written, format="svg", metadata=METADATA, transparent=True)
    picture = written.getvalue()
    return picture[picture.index("<svg") :]
