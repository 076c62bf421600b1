"""All errors that a user sees, grouped by what the user can do.

AirbyteTracedException
├── ConfigError            the configuration, catalog or state is invalid, or Zendesk refuses it
├── ResponseError          a response does not contain the documented data
├── UnavailableError       Zendesk failed or refused a request until the retries were used up
├── UnreachableError       the account's address does not respond: network, proxy, or wrong address
├── FileStorageError       the directory for files is full or cannot be written
├── TokenError             Zendesk returned no OAuth token until the retries were used up
├── PaginationError        the next page would lose or repeat records
├── ParentError            the parents of a stream cannot be read, because of another of these errors
├── ActionError            Zendesk refused an action, or it is unknown whether Zendesk did it
└── JobError               a job on Zendesk's side failed, was killed or timed out
    └── JobExpiredError    the result of the job is no longer available

ManifestError              the manifest or a product file is invalid; only its authors see this error

Each message names the stream or the field, the cause and the remedy. No message contains a secret.
"""

import re

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


class _UserError(AirbyteTracedException):
    """The common base; the platform shows its message and its failure type to the user."""

    default_failure_type = FailureType.system_error

    def __init__(self, message: str) -> None:
        super().__init__(message=message, internal_message=message, failure_type=self.default_failure_type)


class ConfigError(_UserError):
    """The configuration, the catalog or the state is invalid."""

    default_failure_type = FailureType.config_error


class ResponseError(_UserError):
    """A response with status 200 differs from the endpoint's documentation; it is never treated as an empty page."""

    default_failure_type = FailureType.transient_error

    def __init__(
        self, stream: str, cause: str, remedy: str = "No record of this response was emitted; run the sync again"
    ) -> None:
        super().__init__(f"Stream {stream}: {cause}. {remedy}.")


class UnavailableError(_UserError):
    """A request failed after all retries."""

    default_failure_type = FailureType.transient_error

    def __init__(self, stream: str, cause: str) -> None:
        super().__init__(f"Stream {stream}: {cause}, after all retries. Run the sync again; it resumes at this page.")


class UnreachableError(_UserError):
    """No connection or no response; the message names the default_failure_type of failure."""

    default_failure_type = FailureType.transient_error


class FileStorageError(_UserError):
    """A file cannot be written to the disk."""


class TokenError(_UserError):
    """Zendesk returned no OAuth token, and did not refuse the credentials."""

    default_failure_type = FailureType.transient_error

    def __init__(self, cause: str) -> None:
        super().__init__(f"Zendesk returned no OAuth token ({cause}). Run the sync again.")


class PaginationError(_UserError):
    """The next page would lose records or repeat a page in a loop."""

    def __init__(self, stream: str, cause: str, remedy: str) -> None:
        super().__init__(f"Stream {stream}: {cause}. {remedy}")


class ParentError(_UserError):
    """The parents of a stream cannot be read; its cause and its failure type are those of the error of the parents."""

    def __init__(self, stream: str, error: AirbyteTracedException) -> None:
        message = error.message or error.internal_message or type(error).__name__
        named = re.match(r"Stream (\w+): (.*)", message, re.DOTALL)
        parent, cause = (f"its parent {named[1]}", named[2]) if named else ("its parents", message)
        super().__init__(f"Stream {stream}: {parent} cannot be read: {cause}")
        self.failure_type = error.failure_type


class ActionError(_UserError):
    """Zendesk refused actions, or may have done them; an action that may be done is never sent again."""

    default_failure_type = FailureType.config_error

    def __init__(self, stream: str, cause: str) -> None:
        self.cause = cause
        super().__init__(f"Stream {stream}: {cause}")


class JobError(_UserError):
    """A job that Zendesk started for an action did not complete."""

    def __init__(self, stream: str, cause: str) -> None:
        self.cause = cause
        super().__init__(f"Stream {stream}: {cause}")


class JobExpiredError(JobError):
    """Zendesk has no status for the job any longer."""


class ManifestError(ValueError):
    """An entry or a family is invalid; the message names it and the fault."""
