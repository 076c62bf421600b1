"""One item of `actions`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from source_zendesk.components.actions.fingerprint import fingerprint
from source_zendesk.components.actions.upload_file import UploadFile
from source_zendesk.manifest.placeholders import filled, placeholders_of
from source_zendesk.masking import masked, secrets_in

DRY_RUN = "dry_run"
"""The value of `allow_writes` that shows what would be sent."""


@dataclass(frozen=True)
class Action:
    """A request that changes the account: the parameters of its path and query, and its body or its file."""

    stream: str
    parameters: Mapping[str, Any]
    body: Mapping[str, Any] | None = None
    file: UploadFile | None = None
    salt: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """What tells it from other actions; a number and its text are the same parameter.

        Salted where it covers a secret, which could be guessed from it otherwise.
        """
        texts = {name: as_query(name, value) for name, value in self.parameters.items()}
        return fingerprint(self.stream, texts, self.body, self.file, self.salt if self.is_secret else "")

    def unread(self) -> "Action":
        """The same with its file unread, so that the file's content is in memory only as long as this one is."""
        return replace(self, file=self.file.unread()) if self.file else self

    @property
    def is_secret(self) -> bool:
        """Whether its parameters or its body hold a secret."""
        return any(secrets_in([self.parameters, self.body]))

    @property
    def shown(self) -> "Action":
        """The same without secrets, for records and messages."""
        return replace(self, parameters=masked(self.parameters), body=masked(self.body))

    def told(self) -> dict[str, Any]:
        """How its records name it."""
        return {"stream": self.stream, "parameters": masked(self.parameters), "fingerprint": self.fingerprint}

    def path(self, endpoint: str) -> str:
        """The endpoint with its placeholders filled."""
        return filled(endpoint, {name: _text(self.parameters[name]) for name in placeholders_of(endpoint)})

    def query(self, placeholders: list[str]) -> dict[str, str | list[str]]:
        """The parameters that are not in the path."""
        return {name: as_query(name, value) for name, value in self.parameters.items() if name not in placeholders}


def as_query(name: str, value: Any) -> str | list[str]:
    """A query parameter as Zendesk takes it: a list is joined by commas, or repeated under a name with brackets."""
    if not isinstance(value, (list, tuple)):
        return _text(value)
    texts = [_text(item) for item in value]
    return texts if name.endswith("]") else ",".join(texts)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
