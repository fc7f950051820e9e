"""What carries loss in a dataset, shown before anything is trained."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lorewright import train
from lorewright.errors import NotYet, UsageError
from lorewright.flows.adapting import name_of, readable_base
from lorewright.flows.current import refuse_erased
from lorewright.flows.lessons import taught
from lorewright.flows.naming import find
from lorewright.pictures import MaskPage, PageExample, PageRendering, Trouble, render_masks
from lorewright.records import Dataset, Split
from lorewright.settings import TrainingSettings
from lorewright.store import Store, Workspace, examples, refuse_withdrawn, remember_file
from lorewright.templates import pieces
from lorewright.train import Line, MaskedExample, MaskView, SplitLine


class Masks(NamedTuple):
    """A dataset and what carries loss in it."""

    dataset: Dataset
    view: MaskView


def see_masks(
    store: Store, settings: TrainingSettings, *, dataset: str | None = None, count: int
) -> Masks:
    """Mask every example that training would read, and keep the first `count` to be shown.

    Raises:
        Refused: when the dataset rests on a source that was withdrawn or erased, or has fewer
            examples than the settings ask for.
        NotYet: when there is no dataset, or nothing in its training split.
    """
    data = find(store, dataset, Dataset)
    refuse_withdrawn(store, [data.ref], doing="showing the masks of")
    refuse_erased(store, data.ref, doing="showing the masks of")
    if not any(split.count for split in data.splits if split.split is Split.TRAIN):
        raise NotYet("the training split is empty", hint="ingest more text, then curate again")
    with readable_base(store, settings, data) as folder:
        view = train.view_masks(
            _lines(store, data, settings),
            folder,
            base=name_of(settings.base),
            max_length=settings.max_length,
            count=count,
        )
    return Masks(data, view)


def write_mask_page(workspace: Workspace, store: Store, masks: Masks, path: Path) -> Path:
    """Write the masks as one HTML file.

    Raises:
        UsageError: when the file has another ending.
    """
    if path.suffix.lower() != ".html":
        raise UsageError("a page ends with .html", where=str(path), hint="rename it")
    content = render_masks(_page(masks)).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    place = workspace.local_path(path)
    # Remembered before it is written: what it repeats must be found when a source is erased.
    remember_file(store, place, "report", masks.dataset.ref)
    path.write_bytes(content)
    remember_file(store, place, "report", masks.dataset.ref, hashlib.sha256(content).hexdigest())
    return path


def _lines(store: Store, data: Dataset, settings: TrainingSettings) -> Iterator[SplitLine]:
    """What a training run reads: what is learnt from, then what is only watched."""
    for example in taught(store, data, settings):
        yield SplitLine(Split.TRAIN.value, Line.of(example))
    for example in examples(store, data, Split.VALID):
        yield SplitLine(Split.VALID.value, Line.of(example))


def _page(masks: Masks) -> MaskPage:
    view = masks.view
    too_long = {one.name for one in view.too_long}
    return MaskPage(
        dataset=masks.dataset.name,
        base=view.base,
        examples=view.examples,
        tokens=view.tokens,
        loss_tokens=view.loss_tokens,
        allowed=view.allowed,
        told_date=view.told_date,
        shown=tuple(_example(one, is_too_long=one.name in too_long) for one in view.shown),
        troubles=tuple(_troubles(view)),
    )


def _example(one: MaskedExample, *, is_too_long: bool) -> PageExample:
    renderings = tuple(
        PageRendering(tuple(pieces(masked)), len(masked.tokens), masked.loss_tokens)
        for masked in one.renderings
    )
    return PageExample(one.name, one.split, renderings, is_too_long)


def _troubles(view: MaskView) -> Iterator[Trouble]:
    for one in view.unmasked:
        yield Trouble(one.name, f"{one.sentence}; {one.hint}" if one.hint else one.sentence)
    for long in view.too_long:
        yield Trouble(
            long.name, f"it has {long.tokens:,} tokens, and {view.allowed or 0:,} are allowed"
        )
