"""Extracts resources of dlt's source: `python dlt_extract.py <project> <resource>...`; prints the number of records.

Only extracts: normalizing and loading, which complete a run, are omitted.
"""

import importlib
import os
import sys
import tempfile

os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "CREDENTIALS__SUBDOMAIN": "bench",
    "CREDENTIALS__OAUTH_TOKEN": "0123456789abcdef",
}

import dlt


def main(project: str, *resources: str) -> None:
    """Extract into a new folder below the current one."""
    sys.path.insert(0, project)
    source = importlib.import_module("zendesk").zendesk_support(load_all=False).with_resources(*resources)
    pipeline = dlt.pipeline("bench", pipelines_dir=tempfile.mkdtemp(dir="."))
    (metrics,) = pipeline.extract(source).metrics.values()
    tables = metrics[0]["table_metrics"]
    print(sum(tables[name].items_count for name in resources), "extracted")


if __name__ == "__main__":
    main(*sys.argv[1:])
