"""What the figures are written down as: sections with a table each, and the points of the plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Points = Mapping[str, Sequence[tuple[float, float]]]
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"


@dataclass(frozen=True)
class Section:
    """A table, what is to be known of it, and the lines of a plot by their names, where it has one."""

    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    plot: Mapping[str, Points] = field(default_factory=dict)

    def markdown(self) -> str:
        """The section as it stands in the document; figures are aligned to the right."""
        rule = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [f"| {' | '.join(cells)} |" for cells in (self.columns, rule, *self.rows)]
        return "\n".join([f"### {self.title}", "", self.note, "", *lines, ""])


def written(document: Path, sections: Sequence[Section], told: str) -> None:
    """Put the sections in the place of those that the document has, after a line that tells how they were measured."""
    before, _, rest = document.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    body = "\n".join([told, "", *(section.markdown() for section in sections)])
    document.write_text(f"{before}{BEGIN}\n\n{body}\n{END}{after}")


def times(ratio: float) -> str:
    """A ratio as it is written."""
    return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.1f}" if ratio >= 5 else f"{ratio:.2f}"
