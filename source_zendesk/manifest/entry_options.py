"""The keys that an entry of the manifest may have besides its name, its method and its family."""

from collections.abc import Mapping
from dataclasses import dataclass

from source_zendesk.manifest.documented_keys import ACTIONS, READS, key
from source_zendesk.manifest.parent_ref import ParentRef

QueryValues = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class EntryOptions:
    """The keys of an entry, with the defaults of its family where the entry does not set them."""

    schema: str = key("", "the schema of the records, in `schemas/` or in the product's `schemas/`")
    record_key: str = key(
        "",
        "where the records are in a response, a dotted path; empty for the whole response. `{resource}` is the last "
        "word of the path, `{schema}` the name of the schema",
    )
    item_field: str = key("", "the only field of a record, for bare values")
    primary_key: list[str] = key([], "the fields that identify a record")
    cursor_field: str = key("", "the time of the record's last change; empty if the stream is not incremental", READS)
    redacted: list[str] = key([], "dotted paths of secrets; with `@` at the end, only the credentials in an address")
    parents: list[ParentRef] = key([], "where the values for path and query come from: see the next table", READS)
    incremental: str = key(
        "none",
        "of a substream: `follows_parent` reads the children of changed parents, `per_parent` has a state for each "
        "parent, `none` reads everything",
        READS,
    )
    query: QueryValues = key({}, "query parameters of every request, added to those of the family", READS)
    required_params: list[str] = key(
        [], "parameters that an item of `inputs` or `actions` needs, besides those in the path; `a|b` is one of both"
    )
    optional_params: list[str] = key([], "parameters that an item of `inputs` or `actions` may have")
    sideloads: list[str] = key([], "the documented values of `include`", READS)
    role: str = key("agents", "the least role that may call the endpoint")
    plan: str = key("", "the plan or product that includes it; empty if every plan does")
    preferred_stream: str = key("", "the stream with the same records, or more, for fewer requests", READS)
    grows_with_usage: bool = key(
        default=False, meaning="whether its records grow with the account's usage", kinds=READS
    )
    counts: str = key("", "the stream whose records it counts", READS)
    exact_count_of: str = key("", "the stream whose rows the count covers exactly, for `reconciliation`", READS)
    count_by_page_number: bool = key(
        default=False,
        meaning="whether the list returns its `count` if a page is requested by number. Not for lists whose count "
        "includes rows that they omit, such as archived tickets",
        kinds=READS,
    )
    search_type: str = key("", "the type of its records in Zendesk's search, by which `reconciliation` counts", READS)
    is_history: bool = key(
        default=False, meaning="whether its records are events, which are not deleted one by one", kinds=READS
    )
    tombstone: Mapping[str, object] = key(
        {}, "the field value of a deleted record: `any` for every value, a list for one of its values", READS
    )
    deletions_of: str = key("", "the stream whose deletions its records are", READS)
    deletions_in: str = key("", "the stream that contains its deletions", READS)
    no_children_if: Mapping[str, object] = key({}, "the field value of a record that has no children", READS)
    part: Mapping[str, object] = key({}, "the field values that select its records in another stream's list", READS)
    nested: list[str] = key([], "the lists within a row that contain its records, from the outside in", READS)
    nested_ids: list[str] = key([], "the field for the id of the row of each of these lists", READS)
    file_field: str = key("", "the form field that contains the file", ACTIONS)
    job_endpoint: str = key("", "the path of the job's status", ACTIONS)
