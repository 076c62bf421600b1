"""What every way of finding the records has in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass
class Extraction(ABC):
    """Finds the records of an answer under `record_key`; raises `AnswerError` where the key is missing."""

    name: str
    record_key: str = ""

    @abstractmethod
    def rows(self, body: Any) -> list[Row]:
        """The records of an answer, as Zendesk sent them."""

    def clock_rows(self, body: Any, rows: list[Row]) -> list[Row]:
        """The rows that tell how far an export has come; those of the host where the records are side-loaded."""
        return rows
