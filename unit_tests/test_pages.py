"""Checks the documentation: links, commands, code blocks, configurations, quoted messages, numbers and names."""

import ast
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
import yaml

from source_zendesk.cli.command_line import parse_command_line
from source_zendesk.endpoints import recommendation
from source_zendesk.manifest import Manifest
from source_zendesk.manifest.catalog_policy import recommended_endpoints
from source_zendesk.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]*)\)")
OTHER_COMMANDS = {
    *("cp", "export", "flock", "git", "grep", "ln", "mkdir", "mv", "pip", "python", "rm", "sed", "set", "tee", "wait"),
    *("aws", "docker", "load-somewhere", "meltano"),
}
MINIMAL_CONFIG: dict[str, Any] = {"subdomain": "acme", "credentials": {"credentials": "oauth2.0", "access_token": "x"}}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.text.strip().splitlines()[0][:40]}"


def _blocks() -> Iterator[Block]:
    for page in PAGES:
        for indent, language, text in FENCE.findall(page.read_text()):
            yield Block(page, language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE))


BLOCKS = list(_blocks())


def blocks_in(*languages: str) -> pytest.MarkDecorator:
    """Runs the test for each block in these languages."""
    return pytest.mark.parametrize("block", [block for block in BLOCKS if block.language in languages], ids=str)


def commands(text: str) -> Iterator[list[str]]:
    """The words of each simple command, without comments and process substitutions."""
    text = re.sub(r"<\([^)]*\)", "substituted", text)
    text = re.sub(r"(?m)(^|\s)#.*$", r"\1", text).replace("\\\n", " ")
    lexer = shlex.shlex(text, posix=True, punctuation_chars="\n;|&")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, ""
    words: list[str] = []
    for word in [*lexer, ";"]:
        if set(word) <= set("\n;|&"):
            if words:
                yield words
            words = []
        else:
            words.append(word)


def _without_redirections(words: list[str]) -> list[str]:
    arguments, skip = [], False
    for word in words:
        if not skip and not re.fullmatch(r"\d?[<>]{1,2}.*", word):
            arguments.append(word)
        skip = word in ("<", ">", ">>", "2>", "2>>")
    return arguments


def test_decision_records_are_numbered_in_their_titles_without_gaps() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [path.name[:4] for path in records]
    assert numbers == [f"{number:04}" for number in range(len(records))]
    titles = [path.read_text().split(maxsplit=2)[:2] for path in records]
    assert titles[1:] == [["#", f"{number}."] for number in numbers[1:]]


def test_every_block_names_its_language() -> None:
    known = {"sh", "json", "yaml", "python", "sql", "text", "mermaid"}
    assert [str(block) for block in BLOCKS if block.language not in known] == []


@blocks_in("sh")
def test_shell_blocks_parse_and_their_commands_exist(block: Block) -> None:
    bash = subprocess.run(["bash", "-n"], input=block.text, text=True, capture_output=True, check=False)
    assert bash.stderr == ""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for words in map(_without_redirections, commands(block.text)):
        if words[0] == "source-zendesk" and words[1:] != ["--version"]:
            parse_command_line(words[1:])
        elif words[0] == "make":
            assert set(words[1:]) <= targets
        else:
            assert words[0] in {*OTHER_COMMANDS, "source-zendesk"}


@blocks_in("json")
def test_json_blocks_parse_and_configurations_are_accepted(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # An example has dots in place of secrets.
    shown = orjson.loads(block.text.replace('"..."', '"a-value"'))
    fields = Manifest.load().spec["connection_specification"]["properties"]
    if set(shown) <= set(fields):
        for action in shown.get("actions", []):
            (tmp_path / action.get("file", "unused")).touch()
        Settings.parse(MINIMAL_CONFIG | shown, Manifest.load())
        # PyAirbyte validates the configuration before each read.
        jsonschema.validate(MINIMAL_CONFIG | shown, Manifest.load().spec["connection_specification"])


@blocks_in("yaml")
def test_yaml_blocks_parse(block: Block) -> None:
    assert yaml.safe_load(block.text)


@blocks_in("python")
def test_python_blocks_compile(block: Block) -> None:
    compile(block.text, str(block.page), "exec")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub generates them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_are_absolute_or_lead_to_an_existing_heading(page: Path) -> None:
    for link in LINK.findall(page.read_text()):
        if ":" in link:
            assert re.fullmatch(r"https://[\w.-]+\.[a-z]+(/[^\s]*)?", link)
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_site_lists_every_page() -> None:
    """`make site` needs a place for each page in `mkdocs.yml`; the site's hook adds the decisions."""
    listed = re.findall(r"^ *- (?:\w+: )?([\w-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(page.name for page in PAGES if page.parent.name != "adr")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_named_in_pages_exist(page: Path) -> None:
    folders = "source_zendesk|integration_tests|unit_tests|docs|schemas|products"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@cache
def package_texts() -> list[str]:
    """Every string of the package, with `%s` for each placeholder of an f-string."""
    texts = []
    for file in sorted((ROOT / "source_zendesk").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.JoinedStr):
                texts.append(
                    "".join(str(part.value) if isinstance(part, ast.Constant) else "%s" for part in node.values)
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    return texts


def quoted_messages() -> list[tuple[str, str]]:
    """The page and text of each message in the tables of messages."""
    messages = []
    for page in PAGES:
        for table in re.findall(r"^\| message \|.+\n((?:\|.+\n)+)", page.read_text(), re.MULTILINE):
            for row in table.splitlines()[1:]:
                messages += [(page.name, text) for text in re.findall(r"\*([^*]+)\*", row.split(" | ")[0])]
    return messages


@pytest.mark.parametrize("message", sorted({message for _, message in quoted_messages()}))
def test_the_code_contains_every_quoted_message(message: str) -> None:
    # The code puts the field before what it expects.
    parts = [re.escape(part.strip()) for part in re.sub("^`[^`]+`: expected ", "", message).split("...")]
    pattern = re.compile(".*".join(filter(None, parts)), re.DOTALL)
    assert any(pattern.search(text) for text in package_texts())


def test_the_page_of_errors_quotes_messages() -> None:
    assert len([page for page, _ in quoted_messages() if page == "errors.md"]) > 15


def test_the_readme_and_the_manifest_have_the_same_number_of_endpoints_and_products() -> None:
    written = re.search(r"more than (\d+) endpoints of (\d+) products", (ROOT / "README.md").read_text())
    assert written
    manifest = Manifest.load()
    endpoints = {(entry.method, entry.path) for entry in manifest.endpoints.values()}
    assert int(written[1]) == (len(endpoints) - 1) // 50 * 50
    assert int(written[2]) == len(manifest.products)


def test_the_comparison_has_the_number_of_streams() -> None:
    written = re.search(r"more than (\d+); more than (\d+) recommended", (ROOT / "README.md").read_text())
    assert written
    endpoints = Manifest.load().endpoints
    readable = [each for each in endpoints.values() if each.kind in ("read", "sideload")]
    assert int(written[1]) == (len(readable) - 1) // 50 * 50
    assert int(written[2]) == (len(recommended_endpoints(endpoints)) - 1) // 10 * 10


def test_the_page_of_files_names_each_stream_with_files() -> None:
    table = (ROOT / "docs" / "files.md").read_text().partition("| stream | files |\n")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split(" | ")[0])]
    assert sorted(named) == sorted(each.name for each in Manifest.load().endpoints.values() if each.has_files)


@pytest.mark.parametrize("product", ["Chat", "Sell"])
def test_the_page_of_products_has_the_requests_of_a_small_sync(product: str) -> None:
    """Each recommended stream takes one request at least."""
    section = (ROOT / "docs" / "products.md").read_text().partition(f"\n## {product}\n")[2].partition("\n## ")[0]
    written = re.search(r"all recommended streams takes about (\d+) requests", section)
    named = [each for each in Manifest.load().endpoints.values() if each.options.account == product.lower()]
    streams = [each for each in named if recommendation(each) == "yes"]
    assert written
    assert abs(int(written[1]) - len(streams)) <= 5


def test_the_comparison_has_the_measured_figures() -> None:
    cells = re.search(
        r"^\| CPU time of a ticket \| (.+) \| not public \|$", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert cells
    section = (ROOT / "docs" / "benchmarks.md").read_text().partition("### Other programs\n")[2]
    measured = dict(re.findall(r"^\| tickets \| ([\w-]+) \| [^|]+ \| [^|]+ \| ([\d,.]+) \|", section, re.MULTILINE))
    figures = [measured[name] for name in ("ours", "airbyte", "tap-zendesk", "dlt")]
    assert cells[1].split(" | ") == [f"{float(text.replace(',', '')):,.0f} µs" for text in figures]


def test_the_glossary_names_classes_of_the_package() -> None:
    glossary = (ROOT / "docs" / "development.md").read_text().partition("## Glossary\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"\| `(\w+)` \|$", glossary, re.MULTILINE))
    modules = [ast.parse(file.read_text()) for file in (ROOT / "source_zendesk").rglob("*.py")]
    classes = {node.name for module in modules for node in ast.walk(module) if isinstance(node, ast.ClassDef)}
    assert len(named) > 25
    assert named - classes == set()


def test_the_layout_names_every_package_and_module_of_the_connector() -> None:
    layout = (ROOT / "docs" / "development.md").read_text().partition("### Packages of the connector\n")[2]
    named = set(re.findall(r"`(\w+)(?:/|\.py)`", layout.partition("\n### ")[0]))
    contents = [path for path in (ROOT / "source_zendesk").iterdir() if path.name not in ("__init__.py", "__pycache__")]
    assert named == {path.stem for path in contents}
