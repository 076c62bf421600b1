"""The results as a self-contained HTML page: no script, no other file, no network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from integration_tests.demo.charts import QueryResult, draw
from integration_tests.demo.recipes import Recipe

CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class RecipeResult:
    """A recipe and its result."""

    recipe: Recipe
    result: QueryResult

    @property
    def anchor(self) -> str:
        return self.recipe.title.lower().replace(" ", "-")

    @property
    def text(self) -> Markup:
        """The recipe's explanation, with code in backticks as HTML."""
        return Markup(CODE.sub(r"<code>\1</code>", str(escape(self.recipe.text))))

    @property
    def chart(self) -> Markup:
        return Markup(draw(self.recipe.title, self.result))


def page(results: Sequence[RecipeResult], about: str) -> str:
    """The page as HTML; `about` describes the data."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
    return environment.get_template("page.html").render(results=results, about=about)
