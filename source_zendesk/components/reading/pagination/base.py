"""What every way of paging has in common."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from airbyte_cdk.sources.declarative.interpolation import InterpolatedString

Query = dict[str, Any]
# The parameters that are whole numbers.
NUMBERS = ("page", "per_page", "page[size]", "limit")


@dataclass
class Pagination(ABC):
    """Tells the query of the first page and, from an answer, that of the next.

    `page_size` is the number of rows to ask for, None where the endpoint takes no size; `size_parameter` is the name of
    the query parameter that carries it.
    """

    name: str
    config: Mapping[str, Any]
    page_size: int | str | None = None

    size_parameter = "per_page"

    def __post_init__(self) -> None:
        """A page size may be an interpolation of the config."""
        if isinstance(self.page_size, str):
            self.page_size = int(InterpolatedString.create(self.page_size, parameters={}).eval(self.config))

    def first(self, since: int | None) -> Query:
        """The query of the first page; `since` is the epoch second an export starts from."""
        return self._sized({})

    @property
    def largest(self) -> int | None:
        """The rows of a page that Zendesk is not asked to make smaller, None where it cannot be asked."""
        return int(self.page_size) if self.page_size else None

    @abstractmethod
    def following(self, query: Query, body: Mapping[str, Any], rows: Sequence[Any]) -> Query | None:
        """The query of the page after the one of these rows that answered `body` to `query`, None after the last."""

    def check_end(self, served: int, params: Query) -> None:  # noqa: B027  # most endpoints have no ceiling
        """Raise `PaginationError` where so many rows, asked for with these parameters, may not be all."""

    def told(self, body: Any) -> int | None:
        """How many rows an answer says the whole list to hold, None where this way of paging does not tell."""
        return None

    def _sized(self, query: Query) -> Query:
        return {**query, self.size_parameter: int(self.page_size)} if self.page_size else query


def query_of(link: str) -> Query:
    """The query of a link; a parameter given several times is a list. Numbers that are none are left out."""
    values = parse_qs(urlsplit(link).query, keep_blank_values=True)
    query = {key: value[0] if len(value) == 1 else value for key, value in values.items()}
    return {key: value for key, value in query.items() if key not in NUMBERS or is_number(value)}


def is_number(value: Any) -> bool:
    """Whether a parameter is one of `NUMBERS` as Zendesk takes it, and as a state may contain it."""
    return re.fullmatch(r"[0-9]{1,12}", value) is not None if isinstance(value, str) else False
