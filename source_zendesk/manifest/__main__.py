"""Prints streams in their complete form, as the CDK gets them: `python -m source_zendesk.manifest [stream ...]`."""

import argparse
from collections.abc import Iterable

import yaml
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver

from source_zendesk.manifest.loader import Manifest
from source_zendesk.stdout import print_text


def complete(names: Iterable[str]) -> list[dict[str, object]]:
    """The definitions of these streams, of all where none is named, without references."""
    manifest = Manifest.load()
    wanted = list(names) or list(manifest.endpoints)
    resolved = ManifestReferenceResolver().preprocess_manifest(manifest.subset(wanted))
    return [stream for stream in resolved["streams"] if stream["$parameters"]["name"] in wanted]


def main() -> None:
    """Print the streams that the command line names."""
    parser = argparse.ArgumentParser(description="Prints streams of the manifest in their complete form.")
    parser.add_argument("stream", nargs="*", choices=[[], *Manifest.load().endpoints], metavar="stream")
    print_text(yaml.safe_dump(complete(parser.parse_args().stream), sort_keys=False, width=120))


if __name__ == "__main__":
    main()
