"""The page of masks as a reader sees it, in headless Chromium."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lorewright.pictures import render_masks
from pictures.test_mask_page import a_page
from pictures.test_report_in_browser import THEMES, Theme, browser, colour_of, opened

pytestmark = pytest.mark.ui

__all__ = ["browser"]


@pytest.fixture(scope="module")
def masks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("masks") / "masks.html"
    path.write_text(render_masks(a_page(told_date="2024-07-26")), encoding="utf-8")
    return path


def test_it_runs_nothing_and_asks_for_nothing(browser: Browser, masks: Path) -> None:
    page = browser.new_context().new_page()
    said, asked = list[str](), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))

    page.goto(masks.as_uri(), wait_until="networkidle")

    assert not said
    assert [url for url in asked if not url.startswith("data:")] == [masks.as_uri()]
    assert page.locator("script, img").count() == 0


@pytest.mark.parametrize("theme", THEMES)
def test_what_carries_loss_is_coloured_and_underlined(
    browser: Browser, masks: Path, theme: Theme
) -> None:
    page = opened(browser, masks, theme=theme)
    loss, read = ".masked-example .loss", ".masked-example .t:not(.loss)"

    assert colour_of(page, loss, "backgroundColor") != colour_of(page, read, "backgroundColor")
    line = page.locator(loss).first.evaluate("one => getComputedStyle(one).textDecorationLine")
    assert line == "underline"


def test_a_token_tells_its_number_under_the_pointer(browser: Browser, masks: Path) -> None:
    page = opened(browser, masks)
    told = [
        one.get_attribute("title") for one in page.locator(".masked-example .masked span").all()
    ]

    assert "token 43, with loss" in told
    assert "control token 1, without loss" in told


@pytest.mark.parametrize("width", [320, 1000])
def test_nothing_is_wider_than_the_window(browser: Browser, masks: Path, width: int) -> None:
    page = opened(browser, masks, width=width)

    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
