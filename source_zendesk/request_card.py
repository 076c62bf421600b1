"""The request card of a stream: its requests to Zendesk and their cost, in a dozen lines."""

import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace

from source_zendesk import json_values
from source_zendesk.endpoints import incremental_read, load_cursor, read_cost
from source_zendesk.extract.extractors import RecordExtractor
from source_zendesk.extract.paginator import Paginator, Query
from source_zendesk.http.endpoint_limits import EndpointLimits
from source_zendesk.manifest import Endpoint, Manifest, ParentRef
from source_zendesk.manifest.roles import least_role
from source_zendesk.settings.action_bodies import body_shapes

WIDTH, TITLE_WIDTH = 120, 13
FILE_ADDRESSES = "$file_address_retriever"
ITEMS = {"read": "", "sideload": "", "input": " for each item of `inputs`", "action": " for each item of `actions`"}


@dataclass(frozen=True)
class RequestCard:
    """The facts about the requests of a stream, each as a text; values in braces come from parents or the cursor."""

    stream: str
    request: str
    query: str
    records: str
    primary_key: str
    cursor: str
    page_size: str
    stop_rule: str
    parents: str
    cost: str
    role: str
    plan: str

    @classmethod
    def from_endpoint(cls, endpoint: Endpoint, manifest: Manifest) -> "RequestCard":
        """The card of an endpoint with its family, its parents and its components."""
        paging = _paging(endpoint, manifest)
        return cls(
            stream=f"{endpoint.name} ({endpoint.kind}; family {endpoint.family}, product {endpoint.product})",
            request=", ".join([f"{endpoint.method} {endpoint.path}", *_host_and_body(endpoint)]),
            query=", ".join([*paging.query(), *_params(endpoint)]) or "none",
            records=_records(endpoint, manifest),
            primary_key=", ".join(endpoint.primary_key) or "none",
            cursor=_cursor(endpoint),
            page_size=paging.page_size,
            stop_rule=paging.stop_rule,
            parents="; ".join([*map(_parent, endpoint.parents), *_configured(endpoint)]) or "none",
            cost=f"{read_cost(endpoint)}{ITEMS[endpoint.kind]}; rate limit: {_rate_limits(endpoint, manifest)}",
            role=least_role(endpoint, manifest.endpoints),
            plan=endpoint.options.plan or "every plan",
        )

    def render(self) -> str:
        """The card as comments of YAML."""
        return "".join(_line(name.replace("_", " "), value) for name, value in asdict(self).items())


def _line(title: str, text: str) -> str:
    head = f"# {title:{TITLE_WIDTH}}"
    return textwrap.fill(text, WIDTH, initial_indent=head, subsequent_indent=f"#{' ' * (len(head) - 1)}") + "\n"


class ListPaging:
    """How a read pages, from its paginator."""

    def __init__(self, endpoint: Endpoint, manifest: Manifest) -> None:
        self._endpoint = endpoint
        definition = dict(manifest.component(endpoint, "paginator"))
        self._class = pkgutil.resolve_name(definition.pop("class_name"))
        self._paginator: Paginator = self._class(
            name=endpoint.name, config={}, **{name: value for name, value in definition.items() if name != "type"}
        )

    def query(self) -> Iterator[str]:
        """The parameters of the first page; those that the start of the read changes have the value `{cursor}`."""
        first, later = (self._first_query(date) for date in ("2020-01-01", "2021-01-01"))
        times = load_cursor(self._endpoint).time_params
        for name, value in {**self._endpoint.options.query, **first}.items():
            is_fixed = first.get(name) == later.get(name) and name not in times
            yield _param(name, value if is_fixed else "{cursor}")
        if self._endpoint.options.sideload:
            yield f"include={self._endpoint.options.sideload}"

    def _first_query(self, start_date: str) -> Query:
        cursor = replace(load_cursor(self._endpoint), config={"start_date": start_date})
        return cursor.open({}, self._paginator, self._endpoint.primary_key).query or {}

    @property
    def max_rows(self) -> int | None:
        """The records on a full page, None if Zendesk sets the number."""
        return self._paginator.max_page_size

    @property
    def page_size(self) -> str:
        """The records on a full page."""
        size, parameter = self.max_rows, self._paginator.size_parameter
        if size is None:
            return "set by Zendesk"
        return f"{size} ({parameter})" if parameter in self._paginator.first_query(None) else str(size)

    @property
    def stop_rule(self) -> str:
        """The rule in the docstring of the paginator, or of the nearest base class that has one."""
        rules = (re.search(r"Stop rule: (.*?)(?:\n\n|$)", _doc(each), re.DOTALL) for each in self._class.__mro__)
        return next(rule[1].replace("\n", " ") for rule in rules if rule)


class ActionPaging:
    """An action has one response, or a job."""

    page_size = "one response"

    def __init__(self, endpoint: Endpoint) -> None:
        self.stop_rule = "the end of the job" if endpoint.options.jobs else "the response"

    def query(self) -> Iterator[str]:
        """No parameters besides those of the configuration."""
        yield from ()


def query_params(endpoint: Endpoint, manifest: Manifest) -> list[str]:
    """The parameters of the first request, each as `name=value`; the optional ones in brackets."""
    return [*_paging(endpoint, manifest).query(), *_params(endpoint)]


def _paging(endpoint: Endpoint, manifest: Manifest) -> ListPaging | ActionPaging:
    return ActionPaging(endpoint) if endpoint.kind == "action" else ListPaging(endpoint, manifest)


def _param(name: str, value: object) -> str:
    """A parameter, once for each value of a list; an object as JSON."""
    values = value if isinstance(value, list) else [value]
    texts = (json_values.dumps(each).decode() if isinstance(each, dict) else each for each in values)
    return "&".join(f"{name}={text}" for text in texts)


def _host_and_body(endpoint: Endpoint) -> Iterator[str]:
    if endpoint.options.per_brand:
        yield "on the host of the brand {brand_id}"
    if endpoint.options.any_help_center:
        yield "on the host of any brand with a help center"
    if endpoint.options.query_in_body:
        yield "the query is a JSON body"
    if upload := endpoint.options.upload:
        yield f"after POST {upload.path} and the file" if upload.path else "then the file"
    if names := _header_values(endpoint):
        yield f"{', '.join(f'{{{name}}}' for name in names)} in a header"
    if endpoint.options.sends or endpoint.takes_body:
        yield " ".join([f"body: {endpoint.options.sends or 'json'}", " or ".join(body_shapes(endpoint))]).rstrip()


def _header_values(endpoint: Endpoint) -> list[str]:
    """The values of the product's block that are in a header: those without a placeholder."""
    own = [parent for parent in endpoint.parents if parent.setting and not parent.stream]
    return [name for parent in own for name in parent.fields if name not in endpoint.placeholders]


def _params(endpoint: Endpoint) -> Iterator[str]:
    """The parameters whose values come from parents or the configuration; the optional ones in brackets."""
    in_path = {*endpoint.placeholders, *_header_values(endpoint), *(["brand_id"] if endpoint.options.per_brand else [])}
    parent_fields = {name for parent in endpoint.parents for name in parent.fields}
    choices = (names.split("|") for names in endpoint.required_params if names not in in_path)
    names = (next((name for name in choice if name in parent_fields), "|".join(choice)) for choice in choices)
    yield from (f"{name}={{{name}}}" for name in names)
    yield from (f"[{name}]" for name in endpoint.optional_params)
    if endpoint.options.sideloads:
        yield f"[include: {', '.join(endpoint.options.sideloads)}]"


def _records(endpoint: Endpoint, manifest: Manifest) -> str:
    """The first paragraph of the docstring of the extractor, with the options of this endpoint."""
    if endpoint.options.retriever == FILE_ADDRESSES:
        return "One record: the values of the path, and the address, which is requested only with files"
    definition = manifest.component(endpoint, "extractor")
    extractor: type[RecordExtractor] = pkgutil.resolve_name(definition["class_name"])
    given = {name: value for name, value in {**asdict(endpoint.options), **definition}.items() if value}
    names = [each.name for each in fields(extractor) if each.name not in ("name", "record_key")]
    options = [f"{name}: {given[name]}" for name in names if name in given]
    text = _doc(extractor).split("\n\n")[0].replace("\n", " ")
    if endpoint.record_key:
        text = text.replace("`record_key`", f"`{endpoint.record_key}`")
    elif "`record_key`" in text:
        options.append("no record_key")
    return f"{text.removesuffix('.')} ({', '.join(options)})" if options else text


def _doc(component: type) -> str:
    return inspect.cleandoc(component.__doc__ or "")


def _cursor(endpoint: Endpoint) -> str:
    if endpoint.kind == "action":
        return "none; the state lists the sent actions"
    if not endpoint.cursor_field:
        return "none; every run reads all records"
    server_filter = load_cursor(endpoint).server_filter
    filtered = f"filtered at Zendesk ({server_filter})" if server_filter else "not filtered at Zendesk"
    return f"{endpoint.cursor_field}; {filtered}; incremental read: {incremental_read(endpoint)}"


def _parent(parent: ParentRef) -> str:
    fixed = [f"{{{name}}} from {', '.join(parent.values)}" for name in parent.fields if parent.values]
    fields_of_stream = [f"{{{name}}} from `{source}`" for name, source in parent.fields.items() if parent.stream]
    sources = [f"{', '.join(fields_of_stream)} of {parent.stream}"] if parent.stream else []
    names = "or" if parent.stream else ", ".join(f"{{{name}}}" for name in parent.fields)
    sources += [f"{names} from `{parent.setting}` of the product's block"] if parent.setting else []
    conditions = [f"where {_param(name, value)}" for name, value in parent.query.items()]
    conditions += [f"unless {name}={value}" for name, value in parent.unless.items()]
    conditions += [f"unless there are no {parent.unless_empty}"] if parent.unless_empty else []
    conditions += [f"{parent.batch} in one request"] if parent.batch else []
    return ", ".join([*fixed, *sources, *conditions])


def _configured(endpoint: Endpoint) -> Iterator[str]:
    """The required values that no parent gives: those of the configuration."""
    given = {name for parent in endpoint.parents for name in parent.fields}
    if names := [f"{{{name}}}" for name in endpoint.required_params if name not in given]:
        yield f"{', '.join(names)} from `{endpoint.kind}s` of the configuration"


def _rate_limits(endpoint: Endpoint, manifest: Manifest) -> str:
    limits = EndpointLimits.from_definitions(manifest.content["definitions"]).for_path(endpoint.path)
    return ", ".join([*sorted(limits.scarce), limits.account])


def card_of(name: str, manifest: Manifest) -> str:
    """The rendered card of a stream."""
    return RequestCard.from_endpoint(manifest.endpoints[name], manifest).render()
