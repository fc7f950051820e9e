"""From a dataset and a base to what would go wrong, and what training will take."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from lorewright import train
from lorewright.errors import BadMask, MissingExtra, UsageError
from lorewright.flows.adapting import POCKET, recipes_of
from lorewright.flows.destinations import Destination, chosen, price_there
from lorewright.flows.lessons import count_taught, taught
from lorewright.flows.training_orders import devices_for
from lorewright.lineage import Ref
from lorewright.records import Dataset, Enrichment, Example, Split
from lorewright.settings import Settings, TrainingSettings
from lorewright.store import Store, Workspace, examples
from lorewright.train import BaseFolder, Choice, Line, Plan
from lorewright.train.estimate import (
    SIDE_BY_SIDE,
    Device,
    Limits,
    Shape,
    find_device,
    max_length_in,
    measured_pace,
    shape_in,
)
from lorewright.train.preflight import Preflight, Proposal, Reader, again_with, look
from lorewright.train.prices import Price, price_of
from lorewright.train.share import Share
from lorewright.train.sharing import share_out

CRITERIA = ("quality_score", "empathy", "clarity", "appropriateness", "brand_voice")
"""Scores of a turn that came with the conversations."""


OF_THE_DEVICE = ("memory", "time-limit", "cost-limit")
"""Findings that hold of the device of this machine alone."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a training would rest on."""

    workspace: Workspace
    store: Store
    data: Dataset
    settings: Settings
    price_per_hour: Decimal | None = None
    """Of one training process in USD; None takes that of the settings."""

    @property
    def training(self) -> TrainingSettings:
        """How it would be trained."""
        return self.settings.training

    @property
    def price(self) -> Price:
        """What an hour of one process costs, and who says so.

        Raises:
            BadSettings: when the price list cannot be read or does not know the GPU.
        """
        return hourly_price(self.settings, self.price_per_hour)


def hourly_price(settings: Settings, given: Decimal | None = None) -> Price:
    """What an hour of one training process costs, and who says so.

    Raises:
        BadSettings: when the price list cannot be read or does not know the GPU.
    """
    if given is not None:
        return Price(given, "as given")
    place = chosen(settings.elsewhere)
    if place is not None:
        return price_there(place, settings.jobs.prices)
    return price_of(devices_for(settings.jobs)[0].name, settings.jobs.prices)


def before_training(ground: Ground, folder: Path | None) -> Preflight:
    """Look at everything that can be looked at before anything is trained.

    Args:
        ground: dataset and settings.
        folder: of the base; None while it is neither made nor fetched.

    Raises:
        UsageError: when `training.force` holds a name that there is not, or that cannot be
            forced.
        BadSettings: when there is no such method or preset, or no such price.
        MissingExtra: when the base is there and the libraries that read it are not.
    """
    found = look(_proposal(ground, folder), force=ground.training.force)
    place = chosen(ground.settings.elsewhere)
    return found if place is None else _for_elsewhere(found, place)


def _for_elsewhere(found: Preflight, place: Destination) -> Preflight:
    """Without what holds of the device that is here; the job runs on another one."""
    kept = tuple(one for one in found.findings if one.name not in OF_THE_DEVICE)
    reason = (
        f"memory, time and money on {place.name}: its device is not this one, for which they are "
        "estimated"
    )
    forced = tuple(name for name in found.forced if name in {one.name for one in kept})
    return replace(
        found, findings=kept, forced=forced, not_looked_at=(*found.not_looked_at, reason)
    )


def calibrated(ground: Ground, found: Preflight, base: BaseFolder) -> Preflight:
    """Time a few steps of the job's own data, and estimate again with what they took.

    Raises:
        TrainingFailed: when the steps do not run.
    """
    pace = measured_pace(
        map(Line.of, taught(ground.store, ground.data, ground.training)),
        found.tokens_of,
        base=base,
        settings=ground.training.model_copy(update={"threads": _threads(ground.training)}),
        recipes=recipes_of(ground.workspace),
    )
    timed = again_with(pace, _proposal(ground, base.folder, with_reader=False), found)
    place = chosen(ground.settings.elsewhere)
    return timed if place is None else _for_elsewhere(timed, place)


def _proposal(ground: Ground, folder: Path | None, *, with_reader: bool = True) -> Proposal:
    settings, data, recipes = ground.training, ground.data, recipes_of(ground.workspace)
    count = count_taught(ground.store, data, settings)
    examples_read, shape = _Examples(ground), _shape(settings, folder)
    device, places = find_device(threads=_threads(settings)), devices_for(ground.settings.jobs)
    plan = train.plan_for(
        settings,
        examples=count,
        is_pocket=settings.base == POCKET,
        max_length=None if folder is None else max_length_in(folder),
        parameters=shape.parameters if shape else 0,
        recipes=recipes,
    )
    proposal = Proposal(
        lines=examples_read.lines,
        examples=count,
        plan=plan,
        settings=settings,
        device=device,
        free_disk=_free_disk(ground.workspace.folder),
        folder=folder,
        shape=shape,
        scores=examples_read.scores,
        limits=_limits(ground),
        recipe=recipes.method(settings.method),
        choice=None if shape is None else _choice(shape, plan, device, Share.of(settings)),
        at_once=_slots(sum(one.slots for one in places)),
        on_one_device=_slots(places[0].slots),
    )
    if folder is None or not with_reader:
        return proposal
    template = _served(settings.serving_template)
    try:
        return replace(proposal, reader=Reader(folder, serving_template=template))
    except BadMask as error:
        return replace(proposal, trouble=error)


class _Examples:
    """The examples of a dataset, and the enrichments that they were made from."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._enrichments = list[Ref]()

    def lines(self, split: Split) -> Iterator[Line]:
        """The examples of a split."""
        store, data = self._ground.store, self._ground.data
        if split is not Split.TRAIN:
            yield from map(Line.of, examples(store, data, split))
            return
        for example in taught(store, data, self._ground.training):
            self._remember(example)
            yield Line.of(example)

    def scores(self) -> Iterator[tuple[str, Decimal]]:
        """Every score of the conversations that were read so far."""
        for one in self._ground.store.get_many(self._enrichments, Enrichment):
            content = one.content
            if content is None:
                continue
            yield "quality", content.quality
            for turn in content.turns:
                for name in CRITERIA:
                    value = getattr(turn, name)
                    if value is not None:
                        yield name, Decimal(value)

    def _remember(self, example: Example) -> None:
        self._enrichments += (ref for ref in example.made_from if ref.kind == Enrichment.kind)


def _shape(settings: TrainingSettings, folder: Path | None) -> Shape | None:
    """How large the base is; a finding says what is wrong with one that does not tell."""
    if folder is not None:
        return shape_in(folder)
    if settings.base == POCKET:
        return train.pocket_shape(settings.pocket)
    return train.known_shape(settings.base)


def _choice(sizes: Shape, plan: Plan, device: Device, share: Share) -> Choice:
    """How the device would be used; torch is asked only where there is more than a processor."""
    found, base, four_bits = _as_torch_has_it(device), train.Base(sizes), train.has_bitsandbytes()
    sharing = share_out(share, found, base, plan, has_bitsandbytes=four_bits)
    return train.choose(found, base, plan, has_bitsandbytes=four_bits, shards=sharing.shards)


def _as_torch_has_it(device: Device) -> train.Device:
    is_mac = sys.platform == "darwin"
    if device.kind == "cpu" and not is_mac:
        return train.this_cpu()
    try:
        return train.detect()
    except MissingExtra:
        if is_mac:
            return train.this_cpu()
        return train.Device("cuda", device.name, device.memory, is_fast_at_bf16=True)


def _slots(count: int) -> int:
    """How many of the two processes so many slots take."""
    return max(1, min(SIDE_BY_SIDE, count))


def _threads(settings: TrainingSettings) -> int:
    """Of each of the processes that train side by side."""
    return max(1, settings.threads // SIDE_BY_SIDE)


def _limits(ground: Ground) -> Limits:
    jobs, price = ground.settings.jobs, ground.price.usd_per_hour
    is_paid = ground.price_per_hour is not None or price > 0
    return Limits(
        max_minutes=jobs.max_minutes,
        max_cost=jobs.max_cost_usd,
        price_per_hour=price if is_paid else None,
    )


def _served(path: Path | None) -> str | None:
    """The chat template that an endpoint uses.

    Raises:
        UsageError: when the file cannot be read.
    """
    if path is None:
        return None
    try:
        return path.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "the chat template that is served cannot be read",
            where=f"training.serving_template = {path}",
            hint="name a file with a Jinja template, or leave the setting out",
        ) from error


def _free_disk(folder: Path) -> int:
    place = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(place).free
