"""The page about a document as a whole, in headless Chromium."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lorewright.pictures import context_graph, render_context, standalone
from pictures.invented import a_context_graph, a_context_page
from pictures.test_report_in_browser import THEMES, Theme, browser, colour_of, opened

__all__ = ["browser"]

pytestmark = pytest.mark.ui

OVERLAPS = """
() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
  const edge = svg.getBoundingClientRect();
  if (!edge.width) return [];
  const boxes = [...svg.querySelectorAll('text')]
    .map(text => [text.textContent, text.getBoundingClientRect()])
    .filter(([words, box]) => words && box.width);
  const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5
    || a.bottom <= b.top + 4 || b.bottom <= a.top + 4;
  return [
    ...boxes.filter(([, box]) => box.left < edge.left - 1 || box.right > edge.right + 1),
    ...boxes.flatMap((one, place) => boxes.slice(place + 1)
      .filter(other => !apart(one[1], other[1]))),
  ].map(([words]) => words);
})
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("context") / "whole.html"
    path.write_text(render_context(a_context_page()), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [320, 380, 1000])
def test_it_fits_the_window_and_no_words_lie_on_each_other(
    browser: Browser, page: Path, width: int
) -> None:
    shown = opened(browser, page, width=width)

    assert shown.evaluate("() => document.documentElement.scrollWidth") <= width
    assert shown.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("theme", THEMES)
def test_arcs_have_the_colours_of_the_theme(browser: Browser, page: Path, theme: Theme) -> None:
    shown = opened(browser, page, theme=theme)

    kinds = ("elaborates", "exemplifies", "supports", "contradicts", "precedes", "refers_to")
    colours = {tuple(colour_of(shown, f".wide .edge.{kind}", "stroke")) for kind in kinds}
    assert len(colours) == len(kinds)


@pytest.mark.parametrize("theme", THEMES)
def test_the_graph_alone_is_drawn_with_its_styles(
    browser: Browser, tmp_path: Path, theme: Theme
) -> None:
    path = tmp_path / "whole.svg"
    path.write_text(standalone(context_graph(a_context_graph())), encoding="utf-8")

    shown = opened(browser, path, theme=theme)

    bad = [163, 38, 31] if theme == "light" else [255, 159, 150]
    assert colour_of(shown, ".edge.contradicts", "stroke") == bad
