"""How Zendesk pages: one stop rule a module.

A page is asked for by a query; the query of the next page is read from the answer, so it can be kept in the state and
asked for again. Only the query of a link is followed, never its host: a link cannot lead the credentials elsewhere.
"""

from source_zendesk.components.reading.pagination.base import Pagination, Query

__all__ = ["Pagination", "Query"]
