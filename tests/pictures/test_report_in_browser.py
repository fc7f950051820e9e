"""The report as a reader sees it, in headless Chromium."""

import base64
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from lorewright.pictures import render_report
from pictures.invented import a_hostile_report, a_report

pytestmark = pytest.mark.ui

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COUNT_PIXELS = """
async ([picture, colour]) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const {data} = pen.getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    const apart = Math.max(...colour.map((part, place) => Math.abs(part - data[at + place])));
    if (apart <= 6) found += 1;
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    if chromium is None:
        pytest.skip("Chromium is not installed; `apt-get install chromium` or set CHROMIUM")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "index.html"
    path.write_text(render_report(a_report()), encoding="utf-8")
    return path


def opened(browser: Browser, path: Path, *, theme: Theme = "light", width: int = 1000) -> Page:
    context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(path.as_uri())
    return page


def colour_of(page: Page, selector: str, part: str) -> list[int]:
    """The colour that the browser resolved, as red, green and blue."""
    colour = page.locator(selector).first.evaluate(f"shape => getComputedStyle(shape).{part}")
    return [int(part) for part in re.findall(r"\d+", str(colour))[:3]]


@pytest.mark.parametrize("theme", THEMES)
def test_it_says_nothing_on_the_console_and_asks_for_nothing(
    browser: Browser, report: Path, theme: Theme
) -> None:
    context = browser.new_context(color_scheme=theme)
    page = context.new_page()
    said, asked = list[str](), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    context.route("**/*", lambda route: route.continue_())

    page.goto(report.as_uri(), wait_until="networkidle")
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    context.close()

    assert not said
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]


def test_hostile_words_run_nothing(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(render_report(a_hostile_report()), encoding="utf-8")
    page = browser.new_context().new_page()
    alerts = list[str]()

    def note(dialog: object) -> None:
        alerts.append(str(dialog))

    page.on("dialog", note)
    page.goto(path.as_uri())

    assert not alerts
    assert page.locator("script, img").count() == 0
    assert "<script>alert(1)</script>" in page.locator("h1").inner_text()


SEEN = [
    ("loss", ".curve.tuned", "stroke", 300),
    ("loss", ".curve.control", "stroke", 200),
    ("proof", ".interval.base", "stroke", 60),
    ("proof", ".interval.control", "stroke", 60),
    ("funnel", ".bar-kept", "fill", 2000),
    ("coverage", ".filled.taught", "fill", 2000),
    ("chunks-0", ".type-0", "fill", 2000),
    ("balance", ".ramp-4", "fill", 500),
    ("lineage", ".quoted", "fill", 1000),
]
"""In which figure which shape must show how many pixels of its own colour."""


@pytest.mark.parametrize("theme", THEMES)
def test_the_colours_of_every_picture_are_seen(
    browser: Browser, report: Path, theme: Theme
) -> None:
    page = opened(browser, report, theme=theme)
    blank = page.context.new_page()
    missing: list[str] = []

    for figure, shape, part, least in SEEN:
        drawing = page.locator(f"figure[aria-labelledby='{figure}-title'] .wide svg")
        colour = colour_of(page, f".wide svg {shape}", part)
        picture = base64.b64encode(drawing.screenshot()).decode()
        found = blank.evaluate(COUNT_PIXELS, [picture, colour])
        if found < least:
            missing.append(f"{figure}: {found} pixels of {shape}, {colour}")

    assert not missing


@pytest.mark.parametrize("width", [320, 380, 700, 701, 1000])
def test_nothing_is_wider_than_the_window(browser: Browser, report: Path, width: int) -> None:
    page = opened(browser, report, width=width)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")

    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "shown"), [(380, "narrow"), (1000, "wide")])
def test_each_picture_is_shown_once_in_the_width_that_fits(
    browser: Browser, report: Path, width: int, shown: str
) -> None:
    page = opened(browser, report, width=width)

    visible = page.locator("figure svg:visible")
    assert visible.count() == page.locator("figure").count() == 7
    assert page.locator(f".{shown} svg:visible").count() == 7


@pytest.mark.parametrize("width", [380, 1000])
def test_no_words_of_a_picture_are_cut_off_or_lie_on_each_other(
    browser: Browser, report: Path, width: int
) -> None:
    page = opened(browser, report, width=width)

    collisions = page.evaluate(
        """() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
          const edge = svg.getBoundingClientRect();
          if (!edge.width) return [];
          const boxes = [...svg.querySelectorAll('text')]
            .map(text => [text.textContent, text.getBoundingClientRect()])
            .filter(([words, box]) => words && box.width);
          const out = boxes
            .filter(([, box]) => box.left < edge.left - 1 || box.right > edge.right + 1)
            .map(([words]) => 'cut off: ' + words);
          const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5
            || a.bottom <= b.top + 4 || b.bottom <= a.top + 4;
          const on = boxes.flatMap(([words, box], place) => boxes.slice(place + 1)
            .filter(([, other]) => !apart(box, other))
            .map(([others]) => words + ' / ' + others));
          return [...out, ...on];
        })"""
    )

    assert collisions == []


def test_it_prints_in_light_colours_without_what_paper_cannot_open(
    browser: Browser, report: Path
) -> None:
    page = opened(browser, report, theme="dark")
    page.emulate_media(media="print")

    assert colour_of(page, "figure", "backgroundColor") == [255, 255, 255]
    assert not page.locator("details").first.is_visible()
    assert not page.locator("nav").is_visible()
    assert page.locator(".wide svg").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_first_tab_leads_past_the_top(browser: Browser, report: Path) -> None:
    page = opened(browser, report)

    page.keyboard.press("Tab")

    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the verdict"
    assert page.locator(".skip").bounding_box() is not None
