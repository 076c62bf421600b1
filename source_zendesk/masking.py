"""The secrets that actions carry, such as a user's new password."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

MASK = "****"
# Fields of bodies and parameters whose texts open something: of users, targets, OAuth clients, uploads, devices, apps.
SECRET_FIELD = re.compile(
    r"pass(word|wd|phrase)|pwd|secret|token(?!_id)|api_?key|(private|access)_?key|credential|authorization|push_id|uploads"
    r"|push_notification_devices",
    re.IGNORECASE,
)
SIGNED_ADDRESS = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def masked(value: Any, field: str = "") -> Any:
    """The same with a mask in the place of each secret: texts in fields of such names, and who signs an address."""
    if isinstance(value, Mapping):
        return {name: masked(inner, field if _is_secret(field) else str(name)) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(inner, field) for inner in value]
    if not isinstance(value, str):
        return value
    return MASK if _is_secret(field) else SIGNED_ADDRESS.sub(MASK, value)


def secrets_in(value: Any, field: str = "") -> Iterator[str]:
    """The texts that `masked` takes out."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from secrets_in(inner, field if _is_secret(field) else str(name))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from secrets_in(inner, field)
    elif isinstance(value, str):
        signers = [] if _is_secret(field) else SIGNED_ADDRESS.findall(value)
        yield from [value] if _is_secret(field) else [*signers, *(signer.partition(":")[2] for signer in signers)]


def _is_secret(field: str) -> bool:
    return bool(SECRET_FIELD.search(field))
