"""Records with the addresses of files, without requests."""

import pytest

from source_zendesk.extract.extractors import ObjectExtractor
from source_zendesk.extract.file_address_retriever import FileAddressRetriever
from source_zendesk.extract.list_paginators import SinglePagePaginator
from source_zendesk.http.refusals import ParentSkipped
from unit_tests.account import requester

RETRIEVER = FileAddressRetriever(
    name="macro_files",
    config={"api_url": "https://acme.zendesk.com"},
    endpoint="/api/v2/macros/attachments/{attachment_id}/content",
    requester=requester(),
    paginator=SinglePagePaginator("macro_files", {}),
    extractor=ObjectExtractor("macro_files"),
    incremental_cursor={"class_name": "source_zendesk.extract.cursors.list_cursor.ListCursor"},
    path_param_types={"attachment_id": "integer"},
)


def test_a_record_has_the_values_and_the_address() -> None:
    (page,) = RETRIEVER.read_pages({}, {"attachment_id": "7"})
    address = "https://acme.zendesk.com/api/v2/macros/attachments/7/content"
    assert page.rows == [{"attachment_id": 7, "content_url": address}]


@pytest.mark.parametrize("value", ["", "..", "a\nb"])
def test_a_value_that_cannot_be_in_a_path_is_skipped(value: str) -> None:
    with pytest.raises(ParentSkipped):
        list(RETRIEVER.read_pages({}, {"attachment_id": value}))
