"""In which order the streams of a sync begin, and with how many threads."""

from collections.abc import Iterable

from source_zendesk.components.requests.own_limits import OwnLimits
from source_zendesk.manifest import Entry, Manifest


class Schedule:
    """Begins with the streams whose endpoints share a limit that is far below the account's.

    All incremental exports together have ten requests a minute: they decide how long a sync takes, and are mostly
    waited for. Begun last they would be waited for alone; and whoever waits must not keep a thread from the others.
    https://developer.zendesk.com/api-reference/introduction/rate-limits/
    """

    def __init__(self, manifest: Manifest, names: Iterable[str]) -> None:
        self._limits = OwnLimits(manifest.content["definitions"]["shared_limits"], ())
        entries = [(name, manifest.entries.get(name)) for name in names]
        self._scarce = [name for name, entry in entries if entry and self._is_scarce(entry)]
        self._others = [name for name, entry in entries if not entry or not self._is_scarce(entry)]

    def _is_scarce(self, entry: Entry) -> bool:
        return self._limits.of(entry.endpoint).together is not None

    @property
    def order(self) -> list[str]:
        """The streams in the order in which they begin."""
        return self._scarce + self._others

    def threads(self, workers: int) -> int:
        """Room for so many reads, and for those that wait, which are no more than as many again."""
        return workers + min(workers, len(self._scarce))
