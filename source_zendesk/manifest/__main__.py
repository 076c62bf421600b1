"""Prints the complete definitions of streams for the CDK: `python -m source_zendesk.manifest [stream ...]`."""

import argparse
from collections.abc import Iterable

import yaml
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver

from source_zendesk.manifest.loader import Manifest
from source_zendesk.stdout import print_text


def resolve_streams(names: Iterable[str]) -> list[dict[str, object]]:
    """The definitions of these streams, or of all streams without names, with references resolved."""
    manifest = Manifest.load()
    selected = list(names) or list(manifest.endpoints)
    resolved = ManifestReferenceResolver().preprocess_manifest(manifest.subset(selected))
    return [stream for stream in resolved["streams"] if stream["$parameters"]["name"] in selected]


def main() -> None:
    """Print the streams of the command line."""
    parser = argparse.ArgumentParser(description="Prints the complete definitions of streams.")
    parser.add_argument("stream", nargs="*", choices=[[], *Manifest.load().endpoints], metavar="stream")
    print_text(yaml.safe_dump(resolve_streams(parser.parse_args().stream), sort_keys=False, width=120))


if __name__ == "__main__":
    main()
