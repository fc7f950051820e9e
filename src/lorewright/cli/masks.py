"""`lorewright train --show-masks`: what carries loss, at a terminal, on a page or as JSON."""

import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.text import Text

from lorewright.cli.face import Face, counted
from lorewright.errors import UsageError
from lorewright.flows.masks import Masks, see_masks, write_mask_page
from lorewright.settings import TrainingSettings
from lorewright.templates import Masked, Piece, pieces, visible
from lorewright.train import MaskView

F = TypeVar("F", bound=Callable[..., Any])

MASKS = ("show_masks", "count", "html")
"""How the options of `mask_options` are called."""
COUNT, ON_A_PAGE = 3, 50
"""Examples that are shown when nobody says how many."""
NAMED = 20
"""Troubles that are printed; `--json` and the page have them all."""

OPENS, CLOSES = "⟦", "⟧"
"""Around what carries loss, so that it is seen without colour as well."""
LOSS = ("black on green", "black on bright_green")
"""In turns, so that the borders of tokens are seen."""
READ = ("", "on grey15")
CONTROL = "bold"


def mask_options(command: F) -> F:
    """Give a command `--show-masks`, `--count` and `--html`."""
    options = (
        click.option("--show-masks", is_flag=True, help="Only show which tokens carry loss."),
        click.option(
            "--count",
            type=click.IntRange(1),
            help=f"Examples that --show-masks shows; {COUNT}, or {ON_A_PAGE} on a page.",
        ),
        click.option(
            "--html",
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Where --show-masks writes a page, with every token and its number.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def wants_masks(*, show_masks: bool, count: int | None, html: Path | None) -> bool:
    """Whether masks are to be shown.

    Raises:
        UsageError: when it is said how, and not that.
    """
    if not show_masks and (count is not None or html is not None):
        raise UsageError(
            "--count and --html say how masks are shown", hint="add --show-masks, or leave them out"
        )
    return show_masks


def show_masks(
    face: Face,
    settings: TrainingSettings,
    *,
    dataset: str | None,
    count: int | None,
    html: Path | None,
) -> None:
    """Show the masks of the first examples, and the troubles of all."""
    wanted = count or (COUNT if html is None else ON_A_PAGE)
    with face.store() as store:
        masks = see_masks(store, settings, dataset=dataset, count=wanted)
        path = html and write_mask_page(face.workspace, store, masks, html)
    if not face.as_json:
        _print(face, masks.view, with_examples=path is None)
        if path is not None:
            face.say(f"page {path}")
    face.result("train", **_told(masks), page=path and str(path))


def _print(face: Face, view: MaskView, *, with_examples: bool) -> None:
    screen = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    if with_examples:
        for text in _examples(view):
            screen.print(text)
    face.say(
        f"{counted(view.examples, 'example')}, {counted(view.tokens, 'token')}, "
        f"{view.loss_tokens:,} with loss ({_share(view.loss_tokens, view.tokens)})"
    )
    if view.told_date:
        face.say(
            f"the template writes today's date; it is always told {view.told_date}, and a serving "
            "engine must be told the same"
        )
    for line in _troubles(view):
        face.say(line)


def _examples(view: MaskView) -> Iterator[Text]:
    for example in view.shown:
        yield Text(f"{example.name} ({example.split})", style="bold")
        for masked in example.renderings:
            yield marked(masked)
            yield Text(
                f"{counted(len(masked.tokens), 'token')}, {masked.loss_tokens:,} with loss "
                f"({_share(masked.loss_tokens, len(masked.tokens))})\n",
                style="dim",
            )
    yield Text(
        f"{OPENS}carries loss{CLOSES}; control tokens are bold, ↵ is a line break\n", style="dim"
    )


def marked(masked: Masked) -> Text:
    """A rendering with its marks: colours where there are any, and brackets everywhere."""
    text = Text()
    for carries_loss, run in groupby(pieces(masked), key=lambda piece: piece.carries_loss):
        styles = LOSS if carries_loss else READ
        text.append(OPENS if carries_loss else "")
        for number, piece in enumerate(run):
            text.append(visible(piece.text), style=_style(piece, styles[number % 2]))
        text.append(CLOSES if carries_loss else "")
    return text


def _style(piece: Piece, ground: str) -> str:
    return f"{CONTROL} {ground}".strip() if piece.is_control else ground


def _troubles(view: MaskView) -> Iterator[str]:
    lines = [f"cannot be masked exactly: {one.name}: {one.sentence}" for one in view.unmasked]
    lines += [
        f"too long: {one.name}: {one.tokens:,} tokens, and {view.allowed or 0:,} are allowed"
        for one in view.too_long
    ]
    if not lines:
        fits = "" if view.allowed is None else f" and fits into {view.allowed:,} tokens"
        yield f"every example can be masked exactly{fits}; nothing is cut"
        return
    yield from lines[:NAMED]
    if len(lines) > NAMED:
        yield f"{len(lines) - NAMED:,} more cannot be trained; --json and --html name them all"
    yield "training is refused while an example cannot be masked or does not fit; nothing is cut"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


def _told(masks: Masks) -> dict[str, Any]:
    """The same for other programs: characters, counts and troubles."""
    view = masks.view
    return {
        "dataset": masks.dataset.ref,
        "base": view.base,
        "allowed": view.allowed,
        "told_date": view.told_date,
        "examples": view.examples,
        "renderings": view.renderings,
        "tokens": view.tokens,
        "loss_tokens": view.loss_tokens,
        "shown": [
            {
                "name": example.name,
                "split": example.split,
                "renderings": [_told_rendering(masked) for masked in example.renderings],
            }
            for example in view.shown
        ],
        "too_long": [one._asdict() for one in view.too_long],
        "unmasked": [one._asdict() for one in view.unmasked],
    }


def _told_rendering(masked: Masked) -> dict[str, Any]:
    rendered = masked.rendered
    return {
        "text": rendered.text,
        "tokens": len(masked.tokens),
        "loss_tokens": masked.loss_tokens,
        "loss_spans": [list(span) for span in rendered.trained],
        "turns": [turn._asdict() for turn in rendered.turns],
    }
