"""Uploads the file of an action to a storage host of Zendesk, at a signed address from a response of Zendesk.

The address contains a signature, with which anybody can store a file. No message and no record contains it.
https://developer.zendesk.com/api-reference/help_center/help-center-api/guide_medias/
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests

from source_zendesk.http.error_text import parse_json
from source_zendesk.http.public_connection import AddressRefusedError
from source_zendesk.http.refusals import UploadFailed, WriteRefused, WriteUnknown
from source_zendesk.manifest.file_upload import FileUpload
from source_zendesk.writes.action import Action, guess_media_type
from source_zendesk.writes.requester import WriteRequester
from source_zendesk.writes.storage_client import StorageClient
from source_zendesk.writes.upload_file import UploadFile

Sleep = Callable[[float], None]
CONTENT_TYPE, FILE_SIZE = "content_type", "file_size"
"""The keys of a request for an address: the media type and the size of the file."""


@dataclass(frozen=True)
class UploadAddress:
    """A signed address, and the headers or the form fields that a request to it needs."""

    url: str
    id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_response(cls, response: requests.Response, options: FileUpload) -> "UploadAddress":
        """The address in a response; raises `UploadFailed` if the response does not contain it.

        Zendesk documents the headers beside `url` and at the top of the response, as an object and as its JSON text.
        """
        body = parse_json(response)
        address = _object_at(body, options.address)
        url, upload_id = address.get("url"), address.get(options.id, "")
        if not isinstance(url, str) or not url or (options.id and not upload_id):
            raise UploadFailed(f"the response to the request for its upload has no `{options.address}`")
        headers = _texts(address.get("headers") or body.get("headers"))
        return cls(_with_scheme(url), str(upload_id), headers, _texts(address.get("parameters")))

    def request(self, action: Action, form_field: str) -> requests.PreparedRequest:
        """The request with the file: a form with the parameters, or the bytes with the headers."""
        file = _file_of(action)
        if form_field:
            fields = [(name, (None, value)) for name, value in self.parameters.items()]
            # S3 ignores the fields after the file.
            form = [*fields, (form_field, (file.path.name, file.content, media_type(action)))]
            return requests.Request("POST", self.url, files=form).prepare()
        return requests.Request("PUT", self.url, headers=dict(self.headers), data=file.content).prepare()


def _object_at(value: Any, path: str) -> Mapping[str, Any]:
    """The object at a dotted path; empty if there is none."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _with_scheme(url: str) -> str:
    """The address with `https`, if it has no scheme, as the documented one of a theme."""
    return url if "://" in url else f"https://{url}"


def _texts(value: Any) -> dict[str, str]:
    """The texts of an object or of its JSON text; empty for another value."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return {str(name): str(each) for name, each in value.items()} if isinstance(value, Mapping) else {}


@dataclass
class PresignedUpload:
    """The requests of an action whose file goes to a storage host: for the address, with the file, and of the entry.

    Until the last of them, nothing exists in the account, so a failure raises `UploadFailed`, and the action may be
    sent again. With `form_field`, the file is sent as a form. With `starts_job`, the upload starts the job of the
    action, so an upload with an unknown outcome raises `WriteUnknown`. `requester` sends `POST`.
    """

    options: FileUpload
    form_field: str
    starts_job: bool
    requester: WriteRequester
    storage: StorageClient

    @property
    def comes_first(self) -> bool:
        """Whether the file is uploaded before the request of the entry, which contains the id of the upload."""
        return bool(self.options.path)

    def entry_action(self, action: Action) -> Action:
        """The action with the body of the entry's request, and without the file; the id of the upload is missing."""
        body = dict(action.body or {})
        if self.comes_first:
            body = {name: value for name, value in body.items() if name not in (CONTENT_TYPE, FILE_SIZE)}
        elif not self.form_field:
            body |= _describe_file(action)
        return replace(action, body=body, file=None)

    def upload_first(self, action: Action, sleep: Sleep) -> Action:
        """The action for the entry's request, with the id of the upload if the file is uploaded before it."""
        entry_action = self.entry_action(action)
        if not self.comes_first:
            return entry_action
        request = self.requester.prepare(self.options.path, {}, {"json": _describe_file(action)})
        try:
            response = self._request_address(self.requester.sign(request), sleep)
        except WriteRefused as refused:
            raise UploadFailed(f"Zendesk refused POST {self.options.path}: {refused}") from refused
        address = self._upload(response, action, sleep)
        return replace(entry_action, body={**(entry_action.body or {}), self.options.id: address.id})

    def send(self, action: Action, request: requests.PreparedRequest, sleep: Sleep) -> requests.Response:
        """The response to the entry's request, after the upload of the file to the address that it contains."""
        response = self._request_address(request, sleep)
        self._upload(response, action, sleep)
        return response

    def _request_address(self, request: requests.PreparedRequest, sleep: Sleep) -> requests.Response:
        try:
            return self.requester.send(request, sleep)
        except WriteUnknown as unknown:
            raise UploadFailed(f"the request for the address of its upload failed ({unknown})") from unknown

    def _upload(self, response: requests.Response, action: Action, sleep: Sleep) -> UploadAddress:
        address = UploadAddress.from_response(response, self.options)
        try:
            self.storage.send(address.request(action, self.form_field), sleep)
        except WriteUnknown as unknown:
            if self.starts_job:
                raise
            raise UploadFailed(str(unknown)) from unknown
        except (AddressRefusedError, ValueError) as error:
            reason = str(error) if isinstance(error, AddressRefusedError) else "the address of the file is not valid"
            raise UploadFailed(f"its file cannot be uploaded: {reason}") from None
        _file_of(action).release()
        return address


def media_type(action: Action) -> str:
    """The media type of the file: `content_type` in the body, by default the type of its extension."""
    return str((action.body or {}).get(CONTENT_TYPE) or guess_media_type(_file_of(action).path))


def _file_of(action: Action) -> UploadFile:
    if action.file is None:
        raise ValueError(f"an action of {action.stream} has no file")
    return action.file


def _describe_file(action: Action) -> dict[str, object]:
    """The body of a request for an address."""
    return {CONTENT_TYPE: media_type(action), FILE_SIZE: len(_file_of(action).content)}
