"""No column that the connector itself adds has a name that a destination reserves; a page lists those of Zendesk."""

import re
from pathlib import Path

from source_zendesk.extract.custom_fields import CUSTOM
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.record_schema import ACTION_FIELDS, UNDECLARED
from source_zendesk.reconciliation.stream import SCHEMA

# https://www.postgresql.org/docs/18/sql-keywords-appendix.html: words that cannot be the name of a column
POSTGRES = """
all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
concurrently constraint create cross current_catalog current_date current_role current_schema current_time
current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from
full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime
localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning
right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user
using variadic verbose when where window with
"""
# https://duckdb.org/docs/stable/sql/dialect/keywords_and_identifiers: words that it reserves in addition
DUCKDB = """
anti asof at by columns describe generated glob lambda map pivot pivot_longer pivot_wider positional qualify semi show
struct summarize try_cast tuple unpack unpivot
"""
# https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#reserved_keywords
BIGQUERY = """
all and any array as asc assert_rows_modified at between by case cast collate contains create cross cube current default
define desc distinct else end enum escape except exclude exists extract false fetch following for from full group
grouping groups hash having if ignore in inner intersect interval into is join lateral left like limit lookup merge
natural new no not null nulls of on or order outer over partition preceding proto qualify range recursive respect right
rollup rows select set some struct tablesample then to treat true unbounded union unnest using when where window with
within
"""
# https://docs.snowflake.com/en/sql-reference/reserved-keywords
SNOWFLAKE = """
account all alter and any as between by case cast check column connect connection constraint create cross current
current_date current_time current_timestamp current_user database delete distinct drop else exists false following for
from full grant group gscluster having ilike in increment inner insert intersect into is issue join lateral left like
localtime localtimestamp minus natural not null of on or order organization qualify regexp revoke right rlike row rows
sample schema select set some start table tablesample then to trigger true try_cast union unique update using values
view when whenever where with
"""
RESERVED = {*POSTGRES.split(), *DUCKDB.split(), *BIGQUERY.split(), *SNOWFLAKE.split()}
READ_AT = "current_timestamp"
"""Zendesk's own name in the statistics of Talk; other current figures get it in addition."""


def added_columns() -> set[str]:
    """The columns that the connector adds to what Zendesk sends."""
    endpoints = Manifest.load().endpoints.values()
    read_at = {endpoint.options.read_at_field for endpoint in endpoints} - {""}
    parents = {name for endpoint in endpoints for parent in endpoint.parents for name in parent.fields}
    return {CUSTOM, UNDECLARED, "_ab_updated_at", *ACTION_FIELDS, *SCHEMA["properties"], *read_at, *parents}


def test_no_added_column_has_a_reserved_name() -> None:
    assert added_columns() & RESERVED == {READ_AT}


def test_the_page_lists_the_reserved_names_of_zendesk() -> None:
    manifest = Manifest.load()
    read = [endpoint for endpoint in manifest.endpoints.values() if endpoint.options.kind != "action"]
    columns = {name for endpoint in read for name in manifest.record_schema(endpoint)["properties"]}
    page = Path(__file__).resolve().parents[1] / "docs" / "recipes.md"
    (bullet,) = re.findall(r"^- \*\*Reserved words\*\*: .+$", page.read_text(), re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", bullet)) == columns & RESERVED
