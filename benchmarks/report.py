"""The report: sections with a table each, and the points of the plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Points = Mapping[str, Sequence[tuple[float, float]]]
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"
HEADING = "### "


@dataclass(frozen=True)
class Section:
    """A table with a note, and the lines of its plot by name, if any."""

    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    plot: Mapping[str, Points] = field(default_factory=dict)

    def markdown(self) -> str:
        """The section as Markdown, with right-aligned numbers."""
        rule = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [f"| {' | '.join(cells)} |" for cells in (self.columns, rule, *self.rows)]
        return "\n".join([f"{HEADING}{self.title}", "", self.note, "", *lines, ""])


def write_section(document: Path, section: Section, source: str) -> None:
    """Replace the document's section with the same title; `source` says how it was measured."""
    before, _, rest = document.read_text().partition(BEGIN)
    current, _, after = rest.partition(END)
    found = {text.partition("\n")[0]: text.strip() for text in current.split(HEADING)[1:]}
    found[section.title] = f"{section.markdown()}\n{source}".removeprefix(HEADING)
    body = "\n\n".join(f"{HEADING}{text}" for text in found.values())
    document.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}")


def times(ratio: float) -> str:
    """A formatted ratio."""
    return f"{ratio:.0f}" if ratio >= 20 else f"{ratio:.1f}" if ratio >= 5 else f"{ratio:.2f}"
