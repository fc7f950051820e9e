"""The page of a proof as a reader sees it, in headless Chromium."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lorewright.pictures import proof_html
from pictures.proofs import a_hostile_proof_page, a_proof_page
from pictures.test_report_in_browser import (
    COUNT_PIXELS,
    THEMES,
    Theme,
    browser,
    colour_of,
    opened,
)

pytestmark = pytest.mark.ui

__all__ = ["browser"]


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("proof") / "proof.html"
    path.write_text(proof_html(a_proof_page()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("proof") / "hostile.html"
    path.write_text(proof_html(a_hostile_proof_page()), encoding="utf-8")
    return path


def test_it_runs_nothing_and_asks_for_nothing(browser: Browser, hostile: Path) -> None:
    page = browser.new_context().new_page()
    said, asked = list[str](), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))

    page.goto(hostile.as_uri(), wait_until="networkidle")

    assert not said
    assert [url for url in asked if not url.startswith("data:")] == [hostile.as_uri()]


@pytest.mark.parametrize("width", [320, 380, 700, 1000])
def test_nothing_is_wider_than_the_window(
    browser: Browser, proof: Path, hostile: Path, width: int
) -> None:
    for path in (proof, hostile):
        page = opened(browser, path, width=width)
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")

        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", THEMES)
def test_intervals_and_margins_are_seen(browser: Browser, proof: Path, theme: Theme) -> None:
    page = opened(browser, proof, theme=theme)
    blank = page.context.new_page()
    drawing = page.locator(".wide svg")
    picture = base64.b64encode(drawing.screenshot()).decode()

    for shape, least in ((".interval.base", 60), (".interval.control", 200), (".margin", 60)):
        colour = colour_of(page, f".wide svg {shape}", "stroke")
        assert blank.evaluate(COUNT_PIXELS, [picture, colour]) >= least, shape


@pytest.mark.parametrize("width", [380, 1000])
def test_no_words_of_the_plot_lie_on_each_other(browser: Browser, proof: Path, width: int) -> None:
    page = opened(browser, proof, width=width)

    collisions = page.evaluate(
        """() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
          const edge = svg.getBoundingClientRect();
          if (!edge.width) return [];
          const boxes = [...svg.querySelectorAll('text')]
            .map(text => [text.textContent, text.getBoundingClientRect()]);
          const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5
            || a.bottom <= b.top + 4 || b.bottom <= a.top + 4;
          return boxes.flatMap(([words, box], place) => [
            ...(box.left < edge.left - 1 || box.right > edge.right + 1 ? ['cut: ' + words] : []),
            ...boxes.slice(place + 1).filter(([, other]) => !apart(box, other))
              .map(([others]) => words + ' / ' + others)]);
        })"""
    )

    assert collisions == []


def test_it_prints_in_light_colours(browser: Browser, proof: Path) -> None:
    page = opened(browser, proof, theme="dark")
    page.emulate_media(media="print")

    assert colour_of(page, "figure", "backgroundColor") == [255, 255, 255]
    assert page.pdf(format="A4").startswith(b"%PDF")
