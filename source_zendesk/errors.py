"""Every error that a user can meet, by what they can do about it.

AirbyteTracedException
├── ConfigError            the settings are wrong: nothing was sent, or the account refused them
├── AnswerError            Zendesk answered something that cannot be read as data
├── UnavailableError       Zendesk kept failing or refusing for longer than a request is worth trying
├── UnreachableError       nothing answers at the account's address: the network, a proxy, or another address
├── TokenError             Zendesk gave no OAuth token, however often it was asked
├── PaginationError        paging cannot go on without losing or repeating rows
├── ActionError            Zendesk refused an action, or it is unknown whether it was done
└── JobError               a job of Zendesk's failed, was killed or did not end in time
    └── JobExpiredError    nobody knows how the job ended

ManifestError              the manifest, or a product, says what cannot be; only its authors meet it

Each message names the stream or the field, the cause and the remedy; none holds a secret.
"""

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


class _UserError(AirbyteTracedException):
    """What all of them are, so that the platform tells the user the message and who can mend it."""

    kind = FailureType.system_error

    def __init__(self, message: str) -> None:
        super().__init__(message=message, internal_message=message, failure_type=self.kind)


class ConfigError(_UserError):
    """The configuration, the catalog or the state cannot be used as it is."""

    kind = FailureType.config_error


class ResponseError(_UserError):
    """An answer of status 200 that is not what the endpoint documents; never taken for an empty page."""

    kind = FailureType.transient_error

    def __init__(self, stream: str, cause: str) -> None:
        super().__init__(f"Stream {stream}: {cause}. No row was taken from this answer; run the sync again.")


class UnavailableError(_UserError):
    """A request that was tried again and again."""

    kind = FailureType.transient_error

    def __init__(self, stream: str, cause: str) -> None:
        cause = f"{cause}, however often it was asked"
        super().__init__(f"Stream {stream}: {cause}. Run the sync again; it goes on from this page.")


class UnreachableError(_UserError):
    """No connection, or no answer; the message says of which kind."""

    kind = FailureType.transient_error


class TokenError(_UserError):
    """No OAuth token was given, and nothing was refused."""

    kind = FailureType.transient_error

    def __init__(self, cause: str) -> None:
        super().__init__(f"Zendesk gives no OAuth token ({cause}). Run the sync again.")


class PaginationError(_UserError):
    """The next page cannot be asked for without losing rows or going round in a loop."""

    def __init__(self, stream: str, cause: str, remedy: str) -> None:
        super().__init__(f"Stream {stream}: {cause}. {remedy}")


class ActionError(_UserError):
    """Actions that were refused, or that may have been done; those are never sent again."""

    kind = FailureType.config_error

    def __init__(self, stream: str, cause: str) -> None:
        self.cause = cause
        super().__init__(f"Stream {stream}: {cause}")


class JobError(_UserError):
    """A job that Zendesk ran for an action did not complete."""

    def __init__(self, stream: str, cause: str) -> None:
        self.cause = cause
        super().__init__(f"Stream {stream}: {cause}")


class JobExpiredError(JobError):
    """A job that Zendesk no longer knows."""


class ManifestError(ValueError):
    """An entry or a family that is not what the manifest takes; the message names it and what is wrong."""
