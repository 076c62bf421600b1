"""The keys that traits, families and entries of the manifest may have."""

from collections.abc import Mapping
from dataclasses import dataclass

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.documented_keys import ACTIONS, ALL_KINDS, READS, key, parse_keys
from source_zendesk.manifest.file_fields import FileFields
from source_zendesk.manifest.file_upload import FileUpload
from source_zendesk.manifest.parent_ref import ParentRef

QueryValues = Mapping[str, str | list[str] | Mapping[str, str]]


@dataclass(frozen=True)
class EntryOptions:
    """What an entry says, with the values of its family and its traits where it sets none.

    A value that starts with `$` refers to a definition of the manifest.
    """

    kind: str = key("", "`read`, `input`, `action`, or `sideload`: from the pages of another stream")
    retriever: str = key("", "the component that reads pages or sends actions")
    requester: str = key("", "the component that sends requests")
    paginator: str = key("", "the component with the query of the next page and the stop rule", READS)
    extractor: str = key("", "the component that finds the records in a response")
    incremental_cursor: str = key("", "the component that determines where a read starts and which rows are new", READS)
    schema_loader: str = key("", "the component that loads the schema")
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
    query: QueryValues = key(
        {}, "query parameters of every request; those of traits, family and entry are merged", READS
    )
    query_in_body: bool = key(
        default=False,
        meaning="whether a `POST` that only reads sends its query, with its page, as a JSON body",
        kinds=READS,
    )
    required_params: list[str] = key(
        [], "parameters that an item of `inputs` or `actions` needs, besides those in the path; `a|b` is one of both"
    )
    optional_params: list[str] = key([], "parameters that an item of `inputs` or `actions` may have")
    sideloads: list[str] = key([], "the documented values of `include`", READS)
    account: str = key(
        "", "the block of the configuration with the credentials and the host of its requests; empty for `credentials`"
    )
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
    nested: list[str] = key([], "the lists or objects in a row that contain its records, from the outside in", READS)
    nested_ids: list[str] = key([], "the field for the id of the row of each of these lists", READS)
    outer_fields: list[str] = key([], "the fields of the outermost row that these records contain too", READS)
    sideload: str = key("", "the value of `include` by which another stream's pages contain the records", READS)
    changes_from: str = key(
        "", "the child stream that requests the records again that events of its pages change", READS
    )
    rest_from: str = key("", "the child stream that requests the records that its pages lack", READS)
    per_brand: bool = key(default=False, meaning="whether requests go to the host of each brand", kinds=READS)
    multibrand_param: str = key(
        "", "of an input per brand: the parameter by which any host returns the rows of all brands", READS
    )
    any_help_center: bool = key(
        default=False,
        meaning="whether requests go to a brand with a help center if the configured brand has none, because its rows "
        "belong to the account",
        kinds=READS,
    )
    read_at_field: str = key("", "the field that contains the time of the read, for current figures", READS)
    file: FileFields = key(FileFields(), "the fields that describe the file of a record: see its table", READS)
    sends: str = key(
        "",
        "the payload: `json`, `nothing`, `binary`, `multipart`, `json_or_multipart` (`json` without a file), `form` "
        "(the fields of the body, a file, or both), or `json_and_upload` (`json`, and a file for a storage host)",
        ACTIONS,
    )
    required_body: Mapping[str, object] = key(
        {},
        "the keys that a body needs, each with its type: `object`, `list` or `any`; `a|b` is one of both, with a type "
        "for each or for both, and `{record_key}` is the record key. Empty if no key is documented or required",
        ACTIONS,
    )
    needs_body: bool = key(
        default=False,
        meaning="whether the action needs a body, although no key of it is required, or although one of its "
        "`optional_params` can replace it",
        kinds=ACTIONS,
    )
    file_field: str = key("", "the form field that contains the file", ACTIONS)
    upload: FileUpload = key(FileUpload(), "how the file reaches a storage host: see its table", ACTIONS)
    max_items: int = key(0, "the maximum number of items in one action, 0 without a limit", ACTIONS)
    idempotent: bool = key(
        default=False, meaning="whether Zendesk recognizes a repeated request by its idempotency key", kinds=ACTIONS
    )
    failures_key: str = key("", "where a 422 response contains the items that failed", ACTIONS)
    jobs: str = key("", "the component that polls the job of the response", ACTIONS)
    job_endpoint: str = key("", "the path of the job's status", ACTIONS)

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> "EntryOptions":
        """Check and convert the values; raises `ManifestError` for unknown keys and values of another type.

        The kind of a stream with a `sideload` is `sideload`. Bare values have no cursor field.
        """
        kind = "sideload" if values.get("sideload") else values.get("kind")
        if kind not in ALL_KINDS:
            raise ManifestError(f"its kind is none of {', '.join(ALL_KINDS)}")
        derived: dict[str, object] = {"kind": kind}
        if "parents" in values:
            parents = values["parents"]
            derived["parents"] = [*map(ParentRef.from_entry, parents if isinstance(parents, list) else [parents])]
        if "file" in values:
            derived["file"] = FileFields.from_entry(values["file"])
        if "upload" in values:
            derived["upload"] = FileUpload.from_entry(values["upload"])
        if "item_field" in values and kind in READS:
            derived["cursor_field"] = ""
        return parse_keys(cls, {**values, **derived}, f"a stream of kind {kind}", str(kind))
