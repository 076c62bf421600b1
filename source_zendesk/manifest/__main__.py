"""Prints streams as request cards and complete manifests: `python -m source_zendesk.manifest [stream ...]`.

The output is YAML: a document for each stream, whose comment is the card. The CDK's own source can read a document.
"""

import argparse
from collections.abc import Iterable

import yaml

from source_zendesk.manifest.loader import Manifest
from source_zendesk.manifest.standalone import standalone_manifest
from source_zendesk.request_card import card_of
from source_zendesk.stdout import print_text


def render_streams(names: Iterable[str]) -> str:
    """The documents of these streams, or of all streams without names."""
    manifest = Manifest.load()
    return "".join(_document(name, manifest) for name in list(names) or manifest.endpoints)


class _Dumper(yaml.SafeDumper):
    """Writes repeated parts in full."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _document(name: str, manifest: Manifest) -> str:
    definition = yaml.dump(standalone_manifest(manifest, name), Dumper=_Dumper, sort_keys=False, width=120)
    return f"---\n{card_of(name, manifest)}{definition}"


def main() -> None:
    """Print the streams of the command line."""
    parser = argparse.ArgumentParser(description="Prints the request cards and complete manifests of streams.")
    parser.add_argument("stream", nargs="*", choices=[[], *Manifest.load().endpoints], metavar="stream")
    print_text(render_streams(parser.parse_args().stream))


if __name__ == "__main__":
    main()
