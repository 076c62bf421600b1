"""Compares the manifest with OpenAPI files of Zendesk: `python -m tools.openapi support.yaml help_center.yaml`.

Prints the differences that `openapi_decisions.yaml` does not explain, and the decisions that no longer apply. The exit
code is 0 if there are none, 1 if there are some, and 2 if a file cannot be read.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from airbyte_cdk.utils.yaml_loader import safe_load_yaml

from source_zendesk.manifest import Manifest
from source_zendesk.stdout import print_text
from tools.openapi_differences import KINDS, Difference, find_differences
from tools.openapi_file import OpenApiError, OpenApiFile

DECISIONS = Path(__file__).with_name("openapi_decisions.yaml")
STALE = "decisions that no longer apply"
FAILED, UNREADABLE = 1, 2


@dataclass(frozen=True)
class Decision:
    """A pattern of subjects whose differences are intended; `*` in it stands for any text."""

    kind: str
    pattern: str
    reason: str

    def covers(self, difference: Difference) -> bool:
        """Whether the decision explains a difference."""
        expression = ".*".join(map(re.escape, self.pattern.split("*")))
        return self.kind == difference.kind and re.fullmatch(expression, difference.subject) is not None


def load_decisions(title: str) -> list[Decision]:
    """The decisions about the file with this title."""
    kinds: Mapping[str, Mapping[str, list[str]]] = safe_load_yaml(DECISIONS.read_bytes()).get(title, {})
    return [
        Decision(kind, pattern, reason)
        for kind, reasons in kinds.items()
        for reason, patterns in reasons.items()
        for pattern in patterns
    ]


def find_news(differences: list[Difference], decisions: list[Decision]) -> list[Difference]:
    """The differences that no decision covers, and as differences the decisions that cover none."""
    covered: set[Difference] = set()
    stale: list[Difference] = []
    for decision in decisions:
        matches = {each for each in differences if decision.covers(each)}
        covered |= matches
        if not matches:
            stale.append(Difference(STALE, f"{decision.kind}: {decision.pattern}", decision.reason))
    return [*(each for each in differences if each not in covered), *stale]


def render_report(title: str, operations: int, news: list[Difference]) -> str:
    """The news of a file, grouped by kind."""
    return "\n".join([f"{title}, {operations} operations: {len(news) or 'no'} new differences", *_sections(news), ""])


def _sections(news: list[Difference]) -> Iterator[str]:
    for kind in (*KINDS, STALE):
        group = [each for each in news if each.kind == kind]
        if group:
            yield f"\n{kind.capitalize()} ({len(group)})"
            yield from (f"  {each.subject}  ({each.detail})" for each in group)


def main(paths: list[str]) -> int:
    """Compare the files and print the reports; returns the exit code."""
    if not paths:
        sys.stderr.write("usage: python -m tools.openapi openapi.yaml [...]\n")
        return UNREADABLE
    status = 0
    for path in paths:
        try:
            file = OpenApiFile(Path(path))
            differences = find_differences(Manifest.load(), file)
        except OpenApiError as error:
            sys.stderr.write(f"{path} {error}\n")
            return UNREADABLE
        news = find_news(differences, load_decisions(file.title))
        print_text(render_report(file.title, len(file.operations), news))
        status = FAILED if news else status
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
