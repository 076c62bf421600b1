"""An endpoint: one entry of the manifest, completed by its family."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.families import REQUIRED, Family
from source_zendesk.manifest.placeholders import path_resource, placeholders_of

METHODS = ("get", "post", "put", "patch", "delete")
NAMED = frozenset({"name", "family", *METHODS})
COMPONENT_KEYS = (
    *("primary_key", "cursor_field", "schema", "item_field", "file_field", "job_endpoint"),
    *("redacted", "part", "nested", "nested_ids"),
)
"""What the components of a stream take from its entry."""
DEFINITION = "#/definitions/{}"


@dataclass(frozen=True)
class Endpoint:
    """One stream: what its entry says, completed by the defaults of its family."""

    name: str
    product: str
    method: str
    path: str
    family: str
    kind: str
    options: Mapping[str, Any]
    retriever: Mapping[str, Any]
    schema_loader: str
    parents: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def from_entry(cls, said: Mapping[str, Any], product: str, family: Family) -> "Endpoint":
        """The entry that is written so; raises `ManifestError` for a key that its family has not, or that it lacks."""
        name = str(said.get("name"))
        methods = [key for key in METHODS if key in said]
        if len(methods) != 1:
            raise ManifestError(f"expected a path under one of {', '.join(METHODS)}")
        own = {key: value for key, value in said.items() if key not in NAMED}
        if unknown := sorted(set(own) - set(family.defaults)):
            raise ManifestError(f"there is no {', '.join(unknown)} in family {family.name}")
        facts = {**family.defaults, **own}
        if missing := sorted(key for key, value in facts.items() if value == REQUIRED):
            raise ManifestError(f"family {family.name} needs {', '.join(missing)}")
        method, endpoint = methods[0].upper(), str(said[methods[0]])
        return cls(
            name, product, method, endpoint, family.name, family.kind, facts, family.retriever, family.schema_loader
        )

    @property
    def placeholders(self) -> list[str]:
        """What the path needs."""
        return placeholders_of(self.path)

    @property
    def schema(self) -> str:
        """The name of the schema of its records."""
        return str(self.options["schema"])

    @property
    def record_key(self) -> str:
        """Where the records lie in an answer: by default under the last word of the path, or the schema's name."""
        return str(self.options["record_key"]).format(resource=path_resource(self.path), schema=self.schema)

    @property
    def primary_key(self) -> list[str]:
        """The fields that tell records apart, empty where there are none."""
        return list(self.options["primary_key"])

    @property
    def cursor_field(self) -> str:
        """The field that the stream is incremental by, empty where it is not."""
        return str(self.options.get("cursor_field", ""))

    @property
    def incremental(self) -> str:
        """How a stream with parents goes on: `none`, `follows_parent` or `per_parent`; without a cursor `none`."""
        return str(self.options.get("incremental", "none")) if self.cursor_field else "none"

    @property
    def required_params(self) -> list[str]:
        """What an item of `inputs` or `actions` must have: what the path, the parents and the endpoint say."""
        given = [name for parent in self.parents for name in parent["fields"]]
        return list(dict.fromkeys([*given, *self.placeholders, *self.options.get("required_params", ())]))

    @property
    def optional_params(self) -> list[str]:
        """What an item of `inputs` or `actions` may have besides."""
        return list(self.options.get("optional_params", ()))

    @property
    def sideloads(self) -> list[str]:
        """What `include` may name."""
        return list(self.options.get("sideloads", ()))

    @property
    def role(self) -> str:
        """Who may call it, at least."""
        return str(self.options["role"])

    @property
    def plan(self) -> str:
        """The plan that has it, empty where all have."""
        return str(self.options["plan"])

    @property
    def preferred_stream(self) -> str:
        """The stream that has the same records, or more, for fewer requests; empty where there is none."""
        return str(self.options.get("preferred_stream", ""))

    @property
    def is_per_brand(self) -> bool:
        """Whether it is asked at each brand's own host."""
        return bool(self.retriever.get("per_brand"))

    @property
    def counts(self) -> str:
        """The stream whose rows its record counts, empty for all but counts."""
        return str(self.options.get("counts", ""))

    @property
    def tombstone(self) -> Mapping[str, Any]:
        """How a row says that it was deleted, empty where none does."""
        return dict(self.options.get("tombstone", {}))

    @property
    def deletions_of(self) -> str:
        """The stream whose deletions its rows are, empty for all others."""
        return str(self.options.get("deletions_of", ""))

    @property
    def deletions_in(self) -> str:
        """The stream among whose rows those of its deletions are, empty for most."""
        return str(self.options.get("deletions_in", ""))

    @property
    def is_history(self) -> bool:
        """Whether its rows tell what happened, so that none of them is deleted by itself."""
        return bool(self.options.get("is_history"))

    @property
    def search_type(self) -> str:
        """The type by which the search knows its rows, empty where it does not."""
        return str(self.options.get("search_type", ""))

    @property
    def grows_with_usage(self) -> bool:
        """Whether its rows grow with the use of the account, so that a request for each is no small thing."""
        return bool(self.options.get("grows_with_usage"))

    @property
    def takes_body(self) -> bool:
        """Whether arguments of other names go into the body of the request."""
        return bool(self.retriever.get("body_parameters"))

    @property
    def sends(self) -> str:
        """What the request of an action carries, empty for all but actions."""
        return str(self.retriever.get("sends", ""))

    @property
    def max_items(self) -> int:
        """How many items a bulk action takes, 0 where there is no limit."""
        return int(self.retriever.get("max_items", 0))

    @property
    def sideload(self) -> str:
        """What the endpoint is asked to include for this stream, empty for all but sideload streams."""
        return str(self.retriever.get("sideload", ""))

    def definition(self, definitions: Mapping[str, Any], key_types: Mapping[str, str]) -> dict[str, Any]:
        """The stream as the CDK takes it, its parts by reference."""
        parts = {
            key: {"$ref": DEFINITION.format(value)} if isinstance(value, str) and value in definitions else value
            for key, value in self.retriever.items()
        }
        parts["requester"] = {**parts["requester"], "http_method": self.method}
        if self.options.get("query"):
            parts["query"] = {**parts.get("query", {}), **self.options["query"]}
        known = {"record_key": self.record_key} if "record_key" in self.options else {}
        facts = {key: self.options[key] for key in COMPONENT_KEYS if key in self.options}
        return {
            "type": "DeclarativeStream",
            "schema_loader": {"$ref": DEFINITION.format(self.schema_loader)},
            "retriever": parts,
            "$parameters": {
                "name": self.name,
                "endpoint": self.path,
                "product": self.product,
                "key_types": dict(key_types),
                **facts,
                **known,
            },
        }
