"""What a manifest must be, as rules that tell each fault; the tests apply them to ours and to broken ones."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from source_zendesk.endpoints import ROLES
from source_zendesk.manifest import Endpoint, Manifest
from source_zendesk.manifest.endpoint import ENTRY_KEYS
from source_zendesk.manifest.families import REQUIRED
from source_zendesk.manifest.record_schema import RecordSchema
from source_zendesk.manifest.resources import product_paths, schema_path, schemas_path

Content = Mapping[str, Any]
KINDS = {"read", "input", "action", "sideload"}
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


SECRET = re.compile(
    r"(^|[_.])([a-z]*key|signature[a-z_]*|cookies?|headers?)$|secret|passw|passphrase|pwd|token|authorization|credential"
    r"|custom_headers",
)
# By the last part of their names, with the reason why they open nothing.
HARMLESS_NAMES = {
    **dict.fromkeys(("key", "custom_object_key", "issue_key"), "identifies a row of the account"),
    **dict.fromkeys(("collection_key", "item_key", "output_key"), "names a part of a condition"),
    **dict.fromkeys(("signature", "signature_template"), "stands under the comments of agents"),
    **dict.fromkeys(
        ("authorization_type", "api_password_access", "api_token_access"), "a way of signing in, or a setting"
    ),
    **dict.fromkeys(("stripe_publishable_key", "public_key"), "the public half of a pair"),
    "access_key": "a part of the address of a file, which a download needs",
    "oauth_token_id": "an id",
    "token_url": "an address of the account's identity provider",
    "refresh_token_expires_at": "a time",
}
# What the next action needs, and is of no use without a login; what Zendesk masks; what `show_current_user` alone has,
# and masks; what passwords have to be like.
HARMLESS = {
    ("upload", "token"), ("available_phone_number", "token"), ("remote_authentication", "masked_secret"),
    ("remote_authentication", "masked_client_secret"), ("user", "authenticity_token"),
    ("security_settings", "authentication.agent.password"),
}  # fmt: skip


def schema_of(entry: Endpoint) -> Content:
    types = dict.fromkeys(entry.placeholders, "string")
    return RecordSchema(entry.schema, entry.kind, entry.product, types).get_json_schema()


def fields(entry: Endpoint) -> set[str]:
    return set(schema_of(entry)["properties"])


def has_schema(entry: Endpoint) -> bool:
    return schema_path(entry.schema, entry.product).exists()


def sorted_by_path(manifest: Manifest) -> Iterator[str]:
    for product in manifest.products:
        paths = [entry.path for entry in manifest.endpoints.values() if entry.product == product]
        for before, after in itertools.pairwise(paths):
            if before > after:
                yield f"{after} stands behind {before}"


def names_are_in_snake_case(manifest: Manifest) -> Iterator[str]:
    yield from (f"{name} is not in snake case" for name in manifest.endpoints if not NAME.fullmatch(name))


def nothing_is_said_twice(manifest: Manifest) -> Iterator[str]:
    """What an entry says is its own: the defaults of its family are not repeated."""
    for said in itertools.chain.from_iterable(manifest.products.values()):
        entry = manifest.endpoints[said["name"]]
        defaults = dict(manifest.families[entry.family].defaults)
        if defaults.get("record_key", REQUIRED) != REQUIRED:
            defaults["record_key"] = replace(
                entry, options={**entry.options, "record_key": defaults["record_key"]}
            ).record_key
        for key in sorted(set(said) - ENTRY_KEYS):
            if said[key] == defaults[key]:
                yield f"{entry.name}: {key} is what {entry.family} says already"


def families_are_complete(manifest: Manifest) -> Iterator[str]:
    """Those that entries name have a kind, and their parts are definitions."""
    for name in {entry.family for entry in manifest.endpoints.values()}:
        family = manifest.families[name]
        if family.kind not in KINDS:
            yield f"{name}: its kind is none of {', '.join(sorted(KINDS))}"
        parts = ("requester", "paginator", "extractor", "cursor", "jobs")
        for part in (family.retriever[key] for key in parts if key in family.retriever):
            if part not in manifest.content["definitions"]:
                yield f"{name}: there is no definition {part}"


def families_are_used(manifest: Manifest) -> Iterator[str]:
    families = manifest.content["families"]
    used = {entry.family for entry in manifest.endpoints.values()}
    used |= {family.get("extends", "") for family in families.values()}
    yield from (f"family {name} is used by no entry" for name in families if name not in used)


def definitions_are_used(manifest: Manifest) -> Iterator[str]:
    """By what the CDK gets of all streams, once these can be composed; tables without a type are the code's."""
    if list(schemas_exist(manifest)):
        return
    used = manifest.subset(manifest.endpoints)["definitions"]
    components = [name for name, part in manifest.content["definitions"].items() if "type" in part]
    yield from (f"{name} is defined and not used" for name in components if name not in used)


def schemas_exist(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        if not has_schema(entry):
            yield f"{entry.name}: there is no schema {entry.schema}"


def schemas_are_used(manifest: Manifest) -> Iterator[str]:
    used = {schema_path(entry.schema, entry.product) for entry in manifest.endpoints.values()}
    folders: list[Path] = [schemas_path(), *(path.parent / "schemas" for path in product_paths())]
    for path in sorted(found for folder in folders for found in folder.glob("*.json")):
        if path not in used:
            yield f"schemas/{path.name} is used by no stream"


def keys_are_in_the_schema(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        if has_schema(entry) and entry.kind != "action":
            checked = [*entry.primary_key, *filter(None, [entry.cursor_field])]
            known = fields(entry)
            yield from (f"{entry.name}: {key} is not in its schema" for key in checked if key not in known)


def secrets_are_masked(manifest: Manifest) -> Iterator[str]:
    """What is called a secret is masked by the entry, as a whole or in its parts, and its schema says so."""
    for entry in manifest.endpoints.values():
        for path, node in _leaves(schema_of(entry)) if has_schema(entry) else ():
            last = path.rpartition(".")[2]
            if not SECRET.search(last) or last in HARMLESS_NAMES or (entry.schema, path) in HARMLESS:
                continue
            if not any(f"{path}.".startswith(f"{name}.") for name in entry.options["redacted"]):
                yield f"{entry.name}: {path} is not masked"
            if "masked" not in node.get("description", ""):
                yield f"{entry.name}: the schema does not say that {path} is masked"


def _leaves(schema: Content, before: str = "") -> Iterator[tuple[str, Content]]:
    """The texts and objects of any shape in a schema, by their dotted paths."""
    for name, said in schema.get("properties", {}).items():
        node = said.get("items") or said
        if "properties" in node:
            yield from _leaves(node, f"{before}{name}.")
        elif {"string", "object"} & set(node["type"]):
            yield f"{before}{name}", node


def parents_fill_the_path(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        given = [name for parent in entry.parents for name in parent["fields"]]
        missing = [name for name in entry.placeholders if name not in given]
        if missing and entry.kind in ("read", "sideload"):
            yield f"{entry.name}: nothing gives {', '.join(missing)}"
        for parent in entry.parents:
            yield from _of_parent(entry, parent, manifest)


def _of_parent(entry: Endpoint, parent: Content, manifest: Manifest) -> Iterator[str]:
    if "stream" not in parent:
        return
    stream = manifest.endpoints[parent["stream"]]
    if stream.kind != "read":
        yield f"{entry.name}: its parent {stream.name} is no stream that can be read by itself"
    elif has_schema(stream):
        wanted = [path.partition(".")[0] for path in (*parent["fields"].values(), *parent.get("unless", {}))]
        yield from (
            f"{entry.name}: {stream.name} has no field {name}"
            for name in wanted
            if name.partition(".")[0] not in fields(stream)
        )
    if parent.get("from_the_beginning") and not stream.cursor_field:
        yield f"{entry.name}: {stream.name} has no time to begin with"


def children_follow_what_tells_time(manifest: Manifest) -> Iterator[str]:
    """Only a parent with a cursor can tell which of its rows changed."""
    for entry in manifest.endpoints.values():
        said = entry.options.get("incremental", "none")
        if said not in ("none", "follows_parent", "per_parent"):
            yield f"{entry.name}: incremental is {said!r}"
        if entry.incremental == "follows_parent":
            leader = manifest.endpoints.get(entry.parents[0].get("stream", ""))
            if leader is None or not leader.cursor_field:
                yield f"{entry.name}: its parent has no cursor to follow"


def roles_and_better_sources_exist(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        if entry.role not in ROLES:
            yield f"{entry.name}: nobody is of role {entry.role}"
        if entry.preferred_stream and (
            entry.preferred_stream == entry.name or entry.preferred_stream not in manifest.endpoints
        ):
            yield f"{entry.name}: {entry.preferred_stream} is no better source"
        if entry.counts and entry.counts not in manifest.endpoints:
            yield f"{entry.name}: {entry.counts} is nothing to count"


def better_sources_come_to_an_end(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        seen, name = set[str](), entry.name
        while name in manifest.endpoints and name not in seen:
            seen.add(name)
            name = manifest.endpoints[name].preferred_stream
        if name in seen:
            yield f"{entry.name}: its better sources go in a circle"


RULES: tuple[Callable[[Manifest], Iterator[str]], ...] = (
    sorted_by_path, names_are_in_snake_case, nothing_is_said_twice, families_are_complete, families_are_used,
    definitions_are_used, schemas_exist, schemas_are_used, keys_are_in_the_schema, parents_fill_the_path,
    secrets_are_masked, children_follow_what_tells_time, roles_and_better_sources_exist, better_sources_come_to_an_end,
)  # fmt: skip
