"""The page that shows what carries loss."""

import re
from html import unescape

from lorewright.pictures import MaskPage, PageExample, PageRendering, Trouble, render_masks
from lorewright.templates import Piece

PIECES = (
    Piece("<|im_start|>", (1,), carries_loss=False, is_control=True),
    Piece("user\n", (40,), carries_loss=False, is_control=False),
    Piece("<script>alert(1)</script>", (41, 42), carries_loss=False, is_control=False),
    Piece("Größe", (43,), carries_loss=True, is_control=False),
    Piece("\u202e", (44,), carries_loss=True, is_control=False),
    Piece("🌿", (45, 46, 47, 48), carries_loss=True, is_control=False),
    Piece(" ", (), carries_loss=False, is_control=False),
    Piece("<|im_end|>", (2,), carries_loss=True, is_control=True),
)


def a_page(
    *, troubles: tuple[Trouble, ...] = (), told_date: str | None = None, allowed: int | None = 4096
) -> MaskPage:
    return MaskPage(
        dataset="handbook",
        base="Qwen2.5-7B-Instruct",
        examples=12,
        tokens=1204,
        loss_tokens=301,
        allowed=allowed,
        told_date=told_date,
        shown=(PageExample("example:1", "train", (PageRendering(PIECES, 11, 7),)),),
        troubles=troubles,
    )


def words_of(page: str) -> str:
    """What a reader sees."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", body))


def test_counts_and_their_share_are_said() -> None:
    words = words_of(render_masks(a_page()))

    assert "25 % of 1,204 tokens in 12 examples carry loss" in words
    assert "The first 1 example of 12" in words
    assert "11 tokens, 7 with loss (64 %)" in words


def test_every_token_is_one_span_with_its_number_and_its_loss() -> None:
    page = render_masks(a_page())

    assert (
        '<span class="t control" title="control token 1, without loss">&lt;|im_start|&gt;' in page
    )
    assert '<span class="t loss" title="token 43, with loss">Größe</span>' in page
    assert '<span class="t loss" title="tokens 45, 46, 47, 48, with loss">🌿</span>' in page
    assert '<span class="t loss control" title="control token 2, with loss">' in page
    assert '<span class="none" title="no token: ' in page


def test_hostile_words_are_only_words_and_what_nobody_sees_is_written_out() -> None:
    page = render_masks(a_page())

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert "[U+202E]" in page
    assert "user↵\n" in page


def test_without_troubles_it_says_that_nothing_is_cut() -> None:
    assert "none is longer than the 4,096 tokens that are allowed" in words_of(
        render_masks(a_page())
    )
    assert "Every example can be masked exactly. Nothing is cut." in words_of(
        render_masks(a_page(allowed=None))
    )


def test_troubles_are_named() -> None:
    trouble = Trouble("example:9", "it has 5,000 tokens, and 4,096 are allowed")

    words = words_of(render_masks(a_page(troubles=(trouble,))))

    assert "1 example cannot be trained" in words
    assert "example:9" in words
    assert "5,000 tokens" in words


def test_a_fixed_date_is_said() -> None:
    assert "always told 2024-07-26" in words_of(render_masks(a_page(told_date="2024-07-26")))
    assert "today's date" not in words_of(render_masks(a_page()))
