"""Lists of Chat follow `next_url`, up to the last page that Zendesk serves."""

import pytest

from source_zendesk.errors import PaginationError
from source_zendesk.extract.list_paginators import OffsetPaginator
from source_zendesk.manifest import Manifest

MANIFEST = Manifest.load()
LAST = 251


def pages(name: str) -> OffsetPaginator:
    definition = dict(MANIFEST.component(MANIFEST.endpoints[name], "paginator"))
    return OffsetPaginator(name, {}, **{key: definition[key] for key in ("link_key", "last_page")})


@pytest.mark.parametrize("name", ["list_chats", "search_chats"])
def test_the_last_page_is_read_and_a_further_one_is_an_error(name: str) -> None:
    address = "https://acme.zendesk.com/api/v2/chat/chats?page="
    assert pages(name).next_query({}, {"next_url": f"{address}{LAST}"}, []) == {"page": str(LAST)}
    assert pages(name).next_query({}, {"next_url": None}, []) is None
    with pytest.raises(PaginationError, match=f"{name}.* more than {LAST} pages"):
        pages(name).next_query({}, {"next_url": f"{address}{LAST + 1}"}, [])
