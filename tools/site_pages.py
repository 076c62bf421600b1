"""Hook of MkDocs: adds the pages at the root of the repository, lists the decisions, and adapts links between pages."""

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
ROOT_PAGES = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
LINK = re.compile(r"(?<=\]\()([^)\s:#]+)(?=[)#])")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List all decisions at the end of the navigation."""
    decisions = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))[1:]
    config.nav = [*(config.nav or []), {"Decisions": [f"adr/{page.name}" for page in decisions]}]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages at the root of the repository beside those in `docs/`."""
    for name in ROOT_PAGES:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: MkDocsConfig, **_: Any) -> str:
    """Make links of the repository's pages links of the site's pages."""
    source = page.file.src_uri
    folder = PurePosixPath() if source in ROOT_PAGES else PurePosixPath("docs", source).parent
    return LINK.sub(lambda link: site_link(link[1], folder, source, f"{config.repo_url}/blob/main"), markdown)


def site_link(link: str, folder: PurePosixPath, source: str, repository: str) -> str:
    """A relative link as a link of the site.

    `folder` is the repository's folder of the page, `source` the page's path in the site. A link to a file that is no
    part of the site leads to `repository`. A link to a missing file stays as it is, and fails the build.
    """
    target = os.path.normpath(folder / link)
    if not (ROOT / target).exists():
        return link
    if target in ROOT_PAGES or (target.startswith("docs/") and (ROOT / target).is_file()):
        return os.path.relpath(target.removeprefix("docs/"), PurePosixPath(source).parent)
    return f"{repository}/{target}"
