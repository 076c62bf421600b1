"""The live view of a sync on a terminal."""

import logging
import sys

from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from rich import live
from rich.console import Console, Group
from rich.spinner import Spinner
from rich.text import Text

from source_zendesk.cli.summary_text import figures, streams, waiting
from source_zendesk.output.sync_stats import SyncStats
from source_zendesk.printable import printable_line

FRAMES_PER_SECOND = 4
# It logs each failed request with headers and body; the connector logs the consequence for the stream itself.
CDK_HTTP_MODULE = "http_client"


class LiveView(logging.Handler):
    """Shows the statistics on stderr until it is stopped, with warnings and errors of the log above them."""

    def __init__(self, stats: SyncStats) -> None:
        super().__init__(logging.WARNING)
        self._stats, self._spinner = stats, Spinner("dots")
        # While records are printed, `sys.stderr` is a buffer of the CDK.
        self._console = Console(file=sys.__stderr__)
        self._live = live.Live(
            console=self._console,
            get_renderable=self._view,
            refresh_per_second=FRAMES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def start(self) -> None:
        """Start drawing."""
        self._live.start()
        # A signal may end the process at any time; the shell needs a visible cursor then.
        self._console.show_cursor(show=True)
        logging.getLogger().addHandler(self)

    def stop(self) -> None:
        """Stop drawing and erase the view."""
        logging.getLogger().removeHandler(self)
        self._live.stop()

    def emit(self, record: logging.LogRecord) -> None:
        """Print the first line of a message, or of its exception, above the statistics."""
        if record.module == CDK_HTTP_MODULE:
            return
        error = record.exc_info[1] if record.exc_info else None
        text = error.message if isinstance(error, AirbyteTracedException) and error.message else record.getMessage()
        line = printable_line(filter_secrets(text).partition("\n")[0])
        self._console.print(Text(f"{record.levelname}: {line}"))

    def _view(self) -> Group:
        snapshot = self._stats.snapshot()
        self._spinner.update(text=_line(figures(snapshot)))
        others = (streams(snapshot), waiting(snapshot))
        return Group(self._spinner, *(_line(f"  {text}") for text in others if text))


def _line(text: str) -> Text:
    """Truncated at the width of the terminal: wrapped lines would break the redrawing."""
    return Text(text, no_wrap=True, overflow="ellipsis")
