"""What the figures are written down as: sections with a table each, and the points of the plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Points = Mapping[str, Sequence[tuple[float, float]]]
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"
HEADING = "### "


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
        return "\n".join([f"{HEADING}{self.title}", "", self.note, "", *lines, ""])


def written(document: Path, section: Section, told: str) -> None:
    """Put a section in the place of the one that the document has by its title, with a line on how it was measured."""
    before, _, rest = document.read_text().partition(BEGIN)
    there, _, after = rest.partition(END)
    found = {text.partition("\n")[0]: text.strip() for text in there.split(HEADING)[1:]}
    found[section.title] = f"{section.markdown()}\n{told}".removeprefix(HEADING)
    body = "\n\n".join(f"{HEADING}{text}" for text in found.values())
    document.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}")


def times(ratio: float) -> str:
    """A ratio as it is written."""
    return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.1f}" if ratio >= 5 else f"{ratio:.2f}"
