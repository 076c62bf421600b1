"""Names of streams and columns that all destinations accept unchanged, and never confuse."""

import re

# Lower-case ASCII letters, digits and `_`, without a leading digit, need no quotes and no normalization in PostgreSQL,
# BigQuery, Snowflake and DuckDB. A `_` that looks like the start of an escape is escaped too, so that no two keys share
# a name.
_UNSAFE = re.compile(r"[^a-z0-9_]|^[0-9]|_(?=x[0-9a-f]{4,6}(?:_|[^a-z0-9_]))")
_ESCAPE = re.compile(r"_x([0-9a-f]{4,6})_")


def escape_name(name: str) -> str:
    """The name with each unsafe character as `_x<code>_`, as XML names escape them: `my-car` is `my_x002d_car`.

    A safe name stays as it is. Different names stay different, also if case is ignored.
    """
    return _UNSAFE.sub(lambda match: f"_x{ord(match[0]):04x}_", name)


def unescape_name(name: str) -> str:
    """The name before `escape_name`; a name that is not escaped stays as it is."""
    return _ESCAPE.sub(lambda match: _character(match[0], int(match[1], 16)), name)


def is_escaped(name: str) -> bool:
    """Whether the name is one that `escape_name` returns; earlier versions did not escape names."""
    return escape_name(unescape_name(name)) == name


def _character(escape: str, code: int) -> str:
    is_surrogate = 0xD800 <= code <= 0xDFFF
    return escape if is_surrogate or code > 0x10FFFF else chr(code)
