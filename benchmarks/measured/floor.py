"""The minimum cost of the work, in one thread: `python floor.py <lists>`.

Reads the same pages with `requests` over TLS, parses them with orjson, and writes each row as a record message with one
`orjson.dumps`. No states, rate limits, retries or checks.
"""

import sys
import time
from typing import Any

import orjson
import requests

AUTHORIZATION = {"Authorization": "Bearer bench"}
SESSION = requests.Session()


def main(lists: list[dict[str, Any]]) -> None:
    """Read lists, each with its `address`, its `key`, an embedded row `part`, and lists of `children`."""
    for found in lists:
        _read(found["address"], found["key"], found.get("part"), found.get("children", []))


def _read(address: str | None, key: str, part: str | None, children: list[dict[str, Any]]) -> None:
    while address:
        page = orjson.loads(SESSION.get(address, headers=AUTHORIZATION).content)
        _write(key, page[key])
        if part:
            _write(part, [row[part] for row in page[key]])
        for child in children:
            for row in page[key]:
                _read(child["address"].replace("{id}", str(row["id"])), child["key"], None, [])
        address = _following(page)


def _write(stream: str, rows: list[Any]) -> None:
    write, now = sys.stdout.buffer.write, int(time.time() * 1000)
    for row in rows:
        record = {"stream": stream, "data": row, "emitted_at": now}
        write(orjson.dumps({"type": "RECORD", "record": record}, option=orjson.OPT_APPEND_NEWLINE))


def _following(page: dict[str, Any]) -> str | None:
    """The URL of the next page; None after the last."""
    if "end_of_stream" in page:
        return None if page["end_of_stream"] else str(page["after_url"])
    following = page["links"]["next"] if "links" in page else page["next_page"]
    return following and str(following)


if __name__ == "__main__":
    main(orjson.loads(sys.argv[1]))
