"""An endpoint: an entry of the manifest with the defaults of its family."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.entry_options import EntryOptions
from source_zendesk.manifest.file_upload import FileUpload
from source_zendesk.manifest.parent_ref import BRAND, ParentRef
from source_zendesk.manifest.placeholders import find_placeholders, path_resource

METHODS = ("get", "post", "put", "patch", "delete")
ENTRY_KEYS = frozenset({"name", "family", *METHODS})
RETRIEVER_KEYS = (
    *("paginator", "extractor", "incremental_cursor", "query", "query_in_body", "sideload"),
    *("per_brand", "any_help_center", "read_at_field", "sends", "max_items", "idempotent", "failures_key", "jobs"),
    "upload",
)
"""The options that are fields of the retriever."""
PARAMETER_KEYS = (
    *("primary_key", "cursor_field", "schema", "item_field", "file_field", "job_endpoint"),
    *("redacted", "part", "nested", "nested_ids", "outer_fields"),
)
"""The options that become `$parameters` of the components of a stream."""
COMPONENT_KEYS = (*("retriever", "requester", "paginator", "extractor", "incremental_cursor", "schema_loader", "jobs"),)
"""The options whose values refer to definitions."""
REFERENCE_MARK, DEFINITION = "$", "#/definitions/{}"
SINGLE_PAGE = "$single_page_paginator"
"""The paginator of a list of which one response contains all rows."""


@dataclass(frozen=True)
class Endpoint:
    """The stream of one endpoint: its entry in the manifest with the defaults of its family.

    `options` is what the entry says; `parents` and the properties are what follows from it. `custom_object` is the key
    of the custom object whose records the stream has, empty for the streams of the manifest.
    """

    name: str
    product: str
    method: str
    path: str
    family: str
    options: EntryOptions
    parents: list[ParentRef] = field(default_factory=list)
    custom_object: str = ""

    @classmethod
    def from_entry(cls, entry: Mapping[str, object], product: str, options: EntryOptions) -> "Endpoint":
        """Build an endpoint; raises `ManifestError` without a single method, and for a `GET` with a body."""
        methods = [key for key in METHODS if key in entry]
        if len(methods) != 1:
            raise ManifestError(f"expected a path under one of {', '.join(METHODS)}")
        (method,) = methods
        if options.query_in_body and method != "post":
            raise ManifestError("`query_in_body` needs a path under post")
        return cls(
            str(entry.get("name")), product, method.upper(), str(entry[method]), str(entry.get("family")), options
        )

    @property
    def kind(self) -> str:
        """`read`, `input`, `action` or `sideload`."""
        return self.options.kind

    @property
    def is_readable(self) -> bool:
        """Whether a sync reads it without arguments: it is neither an input nor an action."""
        return self.kind in ("read", "sideload")

    @property
    def placeholders(self) -> list[str]:
        """The placeholders of the path."""
        return find_placeholders(self.path)

    @property
    def schema(self) -> str:
        """The schema name of its records."""
        return self.options.schema

    @property
    def primary_key(self) -> list[str]:
        """The fields of the primary key, empty if there is none."""
        return self.options.primary_key

    @property
    def cursor_field(self) -> str:
        """The cursor field, empty if the stream is not incremental."""
        return self.options.cursor_field

    @property
    def record_key(self) -> str:
        """The key of the records in a response; by default the last word of the path or the schema name."""
        return self.options.record_key.format(resource=path_resource(self.path), schema=self.schema)

    @property
    def incremental(self) -> str:
        """The incremental mode of a substream: `none`, `follows_parent` or `per_parent`."""
        return self.options.incremental if self.cursor_field else "none"

    @property
    def follows_parents(self) -> bool:
        """Whether an incremental read requests the children of changed parents only."""
        return self.incremental == "follows_parent"

    @property
    def required_params(self) -> list[str]:
        """The required parameters of an item of `inputs` or `actions`: of the parents, the path and the entry.

        An alternative `a|b` of the entry replaces the parent's field `a`.
        """
        choices = (names.split("|") for names in self.options.required_params if "|" in names)
        replaced = {*self._optional_parents, *(name for names in choices for name in names)}
        parent_fields = [name for parent in self.parents for name in parent.fields if name not in replaced]
        return list(dict.fromkeys([*parent_fields, *self.placeholders, *self.options.required_params]))

    @property
    def required_body(self) -> dict[str, str]:
        """The keys that the body of an action needs, each with its type: `object`, `list` or `any`.

        `a|b` is one of both, with a type for both or `object|list` for each.
        """
        options = self.options.required_body
        return {names.format(record_key=self.record_key): str(kind) for names, kind in options.items()}

    @property
    def optional_params(self) -> list[str]:
        """The optional parameters of an item of `inputs` or `actions`; without a brand, an input is read per brand."""
        return [*self.options.optional_params, *self._optional_parents]

    @property
    def _optional_parents(self) -> list[str]:
        return [BRAND] if self.kind == "input" and self.options.per_brand else []

    @property
    def has_files(self) -> bool:
        """Whether its records have files that can be downloaded."""
        return bool(self.options.file)

    def is_read_per_brand(self, parameters: Mapping[str, object]) -> bool:
        """Whether an item of `inputs` with these parameters is requested from every brand."""
        return bool(self._optional_parents) and not {BRAND, self.options.multibrand_param} & parameters.keys()

    @property
    def takes_body(self) -> bool:
        """Whether unknown parameters are sent in the body of the request: of an input that is a POST."""
        return self.kind == "input" and self.method == "POST"

    def definition(self, path_param_types: Mapping[str, str]) -> dict[str, object]:
        """The definition of the stream for the CDK, with references to its components."""
        options = {key: value for key in (*RETRIEVER_KEYS, *PARAMETER_KEYS) if (value := getattr(self.options, key))}
        return {
            "type": "DeclarativeStream",
            "schema_loader": _resolve(self.options.schema_loader),
            "retriever": {
                **reference(self.options.retriever),
                "requester": {**reference(self.options.requester), "http_method": self.method},
                **{key: _resolve(options[key]) for key in RETRIEVER_KEYS if key in options},
                **({"body_parameters": True} if self.takes_body else {}),
            },
            "$parameters": {
                "name": self.name,
                "endpoint": self.path,
                "product": self.product,
                "path_param_types": dict(path_param_types),
                **({"record_key": self.record_key} if self.record_key else {}),
                **{key: options[key] for key in PARAMETER_KEYS if key in options},
            },
        }


def _resolve(value: object) -> object:
    """A reference to the definition that `$name` means, or the keys of an upload; any other value as it is."""
    if isinstance(value, FileUpload):
        return asdict(value)
    return reference(value) if isinstance(value, str) and value.startswith(REFERENCE_MARK) else value


def reference(name: str) -> dict[str, str]:
    """The CDK's form of a reference `$name` to a definition."""
    return {"$ref": DEFINITION.format(name.removeprefix(REFERENCE_MARK))}
