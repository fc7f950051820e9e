"""What an experiment shows: losses with intervals, differences, and which cell is best.

The unit of every interval is a section of a document or a conversation, never a token: tokens of
one answer are no independent witnesses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from lorewright.errors import BadRecord
from lorewright.flows.experiment_orders import Experiment
from lorewright.flows.experiment_states import CellResult, count_states, results_of
from lorewright.flows.lessons import answer_characters, held_out_units
from lorewright.lineage import Ref
from lorewright.records import Dataset
from lorewright.settings import EvaluationSettings
from lorewright.statistics import PairedResult, Rate, holm, paired, rate
from lorewright.store import Store
from lorewright.train.held_out import HeldOutLoss

Losses = Mapping[str, HeldOutLoss]


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more a cell loses than another, on the same held-out examples."""

    against: str
    mean: float
    low: float
    high: float
    p_value: float
    units: int
    alpha: float
    """The largest p-value that counts."""
    p_adjusted: float | None = None
    """By Holm's method over all comparisons with the same cell."""

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out and the p-value is small enough.

        Both, since with a handful of units the interval trusts a shape that nobody has seen.
        """
        p_value = self.p_value if self.p_adjusted is None else self.p_adjusted
        return (self.low > 0 or self.high < 0) and p_value <= self.alpha


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of the table."""

    result: CellResult
    loss: float | None = None
    """Per token, or per character; see `Table.per`."""
    interval: Rate | None = None
    """None with fewer than two units, or without a loss for each example."""
    difference: Difference | None = None
    """To the baseline; None for the baseline itself, and where too few examples are shared."""
    over_control: Difference | None = None
    """To its own permuted control."""

    @property
    def name(self) -> str:
        """Of the cell."""
        return self.result.cell.name


@dataclass(frozen=True, slots=True)
class Table:
    """An experiment and what came of it so far."""

    ref: Ref
    experiment: Experiment
    rows: tuple[Row, ...]
    per: str
    """`token`, or `character` where the bases cut the same words into different tokens."""
    best: str | None
    """The cell with the lowest loss; None before there is one, or when cells were tested on
    different examples."""
    alike: tuple[str, ...]
    """The cells that the best cannot be told from."""
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many trainings stand how."""
        return count_states([row.result for row in self.rows])

    @property
    def is_done(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return not any(row.result.state.is_open for row in self.rows)

    def row(self, name: str) -> Row:
        """The row of a cell."""
        return next(row for row in self.rows if row.name == name)


def table_of(store: Store, ref: Ref, experiment: Experiment, settings: EvaluationSettings) -> Table:
    """Compute everything from what the jobs left.

    Args:
        store: where everything is kept.
        ref: the experiment's name.
        experiment: what it is.
        settings: how many sign patterns a test tries, and its seed.

    Raises:
        MissingExtra: when numpy and scipy are not installed.
    """
    results = results_of(store, experiment.cells)
    sizes = _Sizes(store, results)
    rows = [_row(one, sizes, settings) for one in results]
    rows = _compared(rows, experiment.baseline, sizes, settings)
    done = [row for row in rows if row.loss is not None]
    notes = [*experiment.same]
    if sizes.per == "character":
        notes.append("the bases cut words into different tokens, so losses are per character")
    if len({frozenset(row.result.losses) for row in done if row.result.losses}) > 1:
        notes.append("the cells were tested on different held-out examples and are not ranked")
        return Table(ref, experiment, tuple(rows), sizes.per, None, (), tuple(notes))
    if any(not row.result.losses for row in done):
        notes.append("no held-out losses of single examples were kept, so nothing is compared")
    best = min(done, key=lambda row: row.loss or 0.0, default=None)
    alike = () if best is None else _alike(best, done, sizes, settings)
    name = None if best is None else best.name
    return Table(ref, experiment, tuple(rows), sizes.per, name, alike, tuple(notes))


class _Sizes:
    """What each held-out example counts: which unit it belongs to, and how large it is."""

    def __init__(self, store: Store, results: Sequence[CellResult]) -> None:
        done = [one for one in results if one.tuned is not None]
        datasets = {one.cell.order.dataset for one in done}
        self.units: dict[str, str] = {}
        self._characters: dict[str, int] = {}
        for ref in sorted(datasets):
            data = store.get(ref, Dataset)
            self.units.update(held_out_units(store, data))
            self._characters.update(answer_characters(store, data))
        self.per = "character" if _differ([one.losses for one in done]) else "token"

    def of(self, loss: HeldOutLoss) -> int:
        """Of an example, in what losses are counted per."""
        if self.per == "token":
            return loss.tokens
        return self._characters.get(loss.example, 0)

    def by_unit(self, losses: Losses, names: Sequence[str]) -> tuple[list[float], list[float]]:
        """Nats and sizes of each unit, in the order of the units."""
        nats: dict[str, float] = {}
        sizes: dict[str, float] = {}
        for name in names:
            unit, size = self.units.get(name, name), self.of(losses[name])
            if size:
                nats[unit] = nats.get(unit, 0.0) + losses[name].nats
                sizes[unit] = sizes.get(unit, 0.0) + size
        order = sorted(nats)
        return [nats[unit] for unit in order], [sizes[unit] for unit in order]


def _differ(found: Sequence[Losses]) -> bool:
    """Whether an example has another number of tokens in one cell than in another."""
    return any(
        one[name].tokens != other[name].tokens
        for one, other in combinations(found, 2)
        for name in one.keys() & other.keys()
    )


def _row(result: CellResult, sizes: _Sizes, settings: EvaluationSettings) -> Row:
    if result.tuned is None:
        return Row(result)
    nats, weights = sizes.by_unit(result.losses, [*result.losses])
    if not nats:
        kept = result.tuned.held_out_loss
        return Row(result, None if kept is None or sizes.per != "token" else float(kept))
    loss = sum(nats) / sum(weights)
    interval = _interval(nats, weights)
    over = _difference("its control", result.losses, result.control_losses, sizes, settings)
    return Row(result, loss, interval, over_control=over)


def _interval(nats: Sequence[float], weights: Sequence[float]) -> Rate | None:
    try:
        return rate(nats, weights)
    except BadRecord:
        return None  # a single unit, or a loss that is not a finite number


def _compared(
    rows: Sequence[Row], baseline: str, sizes: _Sizes, settings: EvaluationSettings
) -> list[Row]:
    """The same rows with their differences to the baseline."""
    against = next(row for row in rows if row.name == baseline)
    found = _differences(against, rows, sizes, settings)
    return [replace(row, difference=found.get(row.name)) for row in rows]


def _differences(
    against: Row, rows: Sequence[Row], sizes: _Sizes, settings: EvaluationSettings
) -> dict[str, Difference]:
    """Of every other row to `against`, where enough examples are shared."""
    losses = against.result.losses
    found = {
        row.name: difference
        for row in rows
        if row.name != against.name
        and (difference := _difference(against.name, row.result.losses, losses, sizes, settings))
    }
    adjusted = holm([one.p_value for one in found.values()])
    return {
        name: replace(one, p_adjusted=p)
        for (name, one), p in zip(found.items(), adjusted, strict=True)
    }


def _difference(
    against: str, losses: Losses, others: Losses, sizes: _Sizes, settings: EvaluationSettings
) -> Difference | None:
    """Paired by unit, on the examples that both were tested on; None with fewer than two units."""
    shared = sorted(losses.keys() & others.keys())
    nats, weights = sizes.by_unit(losses, shared)
    other_nats, _ = sizes.by_unit(others, shared)
    if len(nats) < 2:
        return None
    scale = len(nats) / sum(weights)
    differences = [scale * (one - other) for one, other in zip(nats, other_nats, strict=True)]
    found = _tested(differences, settings)
    if found is None:
        return None
    return Difference(
        against,
        found.mean,
        found.low,
        found.high,
        found.p_value,
        found.n,
        alpha=float(settings.alpha),
    )


def _tested(differences: Sequence[float], settings: EvaluationSettings) -> PairedResult | None:
    try:
        return paired(differences, permutations=settings.permutations, seed=settings.seed)
    except BadRecord:
        return None  # a loss that is not a finite number cannot be compared


def _alike(
    best: Row, done: Sequence[Row], sizes: _Sizes, settings: EvaluationSettings
) -> tuple[str, ...]:
    """The cells whose difference to the best may as well be nothing."""
    found = _differences(best, done, sizes, settings)
    others = (row.name for row in done if row.name != best.name)
    return tuple(name for name in others if name not in found or not found[name].is_clear)
