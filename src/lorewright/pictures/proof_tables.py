"""The tables of a proof; the page and its Markdown show the very same ones."""

from collections.abc import Callable, Iterator

from lorewright.pictures.effects_plot import effects_table
from lorewright.pictures.figures import NONE, plain, share
from lorewright.pictures.picture import Table
from lorewright.pictures.proof_data import AgreementShown, MetricShown, OrderShown, ProofPage
from lorewright.statistics import p_in_words

Part = tuple[str, Table]
"""The heading above a table, and the table."""


def tables(page: ProofPage) -> Iterator[Part]:
    """Every table that has a row, in the order of the page."""
    for heading, make in _TABLES.items():
        table = make(page)
        if table.rows:
            yield heading, table


def gates_table(page: ProofPage) -> Table:
    """The hypotheses in their fixed order."""
    return Table(
        "Each is tested only when all before it are met",
        ("Hypothesis", "p", "Step-down p", "Outcome"),
        tuple(
            (gate.name, _p(gate.p_value), _p(gate.step_down), gate.outcome) for gate in page.gates
        ),
        words=frozenset({3}),
    )


def means_table(page: ProofPage) -> Table:
    """The mean rating of every arm on every dimension."""
    return Table(
        "Mean ratings by dimension and arm",
        ("Dimension", *page.arms),
        tuple((plain(row.dimension), *map(_number, row.means)) for row in page.means),
    )


def lock_table(page: ProofPage) -> Table:
    """What was promised."""
    promises = page.lock.promises if page.lock else ()
    return Table("Fixed before anything was answered", ("What", "Promised"), promises, _WORDS)


def deviations_table(page: ProofPage) -> Table:
    """What is no longer as it was promised."""
    rows = tuple((one.what, one.promised, one.found) for one in page.deviations)
    return Table("Deviations", ("What", "Promised", "Found"), rows, frozenset({1, 2}))


def agreement_table(page: ProofPage) -> Table:
    """How far raters agree."""
    columns = ("About", "Measure", "Units", "Agreement", "Interval")
    rows = tuple(_agreement_row(one) for one in page.agreement)
    return Table("1 is perfect agreement, 0 what chance gives", columns, rows, frozenset({1}))


def order_table(page: ProofPage) -> Table:
    """What the order did to judges."""
    columns = ("Judge", "Pairs", "Flipped", "Interval", "To the first", "To the second", "p")
    rows = tuple(_order_row(one) for one in page.order)
    return Table("The same answers in both orders; a flip counts as a tie", columns, rows)


def ranking_table(page: ProofPage) -> Table:
    """All arms by what raters prefer."""
    columns = ("Arm", "Won", "Tied", "Lost", "Strength", "Interval")
    rows = tuple(
        (
            one.arm,
            f"{one.wins:,}",
            f"{one.ties:,}",
            f"{one.losses:,}",
            _number(one.strength),
            _interval(one.low, one.high),
        )
        for one in page.ranking
    )
    caption = "An arm ahead by x is expected to win 1 / (1 + exp(\N{MINUS SIGN}x)) of its duels"
    return Table(caption, columns, rows)


def power_table(page: ProofPage) -> Table:
    """What so many scenarios can show."""
    return Table(
        "The smallest true effects that would be shown",
        ("Test", "Scenarios", "Spread", "Four times in five", "Nine times in ten"),
        tuple(
            (
                one.test,
                f"{one.n:,}",
                _number(one.spread),
                one.four_in_five or NONE,
                one.nine_in_ten or NONE,
            )
            for one in page.power
        ),
        frozenset({3, 4}),
    )


def excluded_table(page: ProofPage) -> Table:
    """What was left out, and why."""
    rows = tuple((one.reason, f"{one.count:,}", one.first) for one in page.excluded)
    return Table("Left out, by reason", ("Reason", "Count", "First"), rows, frozenset({2}))


def cost_table(page: ProofPage) -> Table:
    """What it took."""
    rows = tuple(
        (
            one.part,
            f"{one.calls:,}",
            NONE if one.usd is None else one.usd,
            NONE if one.seconds is None else f"{one.seconds:,.1f}",
        )
        for one in page.costs
    )
    return Table("Calls, US dollars and seconds", ("Part", "Calls", "USD", "Seconds"), rows)


def metrics_table(page: ProofPage) -> Table:
    """The automated metrics; exploratory."""
    columns = ("Metric", *page.arms)
    rows = tuple(_metric_row(one) for one in page.metrics)
    caption = "Mean values, in brackets scores against the advisor's own answers from 0 to 1"
    return Table(caption, columns, rows)


def wording_table(page: ProofPage) -> Table:
    """BLEU and chrF; secondary."""
    rows = tuple(
        (one.arm, f"{one.answers:,}", f"{one.bleu:.1f}", f"{one.chrf:.1f}", one.signature)
        for one in page.wording
    )
    columns = ("Arm", "Answers", "BLEU", "chrF", "Computed as")
    return Table("The wording of references, from 0 to 100", columns, rows, frozenset({4}))


def regression_table(page: ProofPage) -> Table:
    """What the base could do, and whether it is kept."""
    columns = ("About", "Units", "Base", "Tuned", "Change", "Margin", "Result")
    rows = tuple(
        (one.about, f"{one.n:,} {one.unit}", one.base, one.tuned, one.change, one.margin, one.state)
        for one in page.regression
    )
    return Table("Tuned beside the base", columns, rows, frozenset({6}))


_WORDS = frozenset({1})
_TABLES: dict[str, Callable[[ProofPage], Table]] = {
    "Hypotheses": gates_table,
    "Differences": lambda page: effects_table(page.effects),
    "Mean ratings": means_table,
    "Agreement of raters": agreement_table,
    "Order of answers": order_table,
    "Ranking": ranking_table,
    "Automated metrics": metrics_table,
    "Wording of references": wording_table,
    "Non-regression": regression_table,
    "Power": power_table,
    "Left out": excluded_table,
    "Cost": cost_table,
    "Promises": lock_table,
    "Deviations": deviations_table,
}


def _agreement_row(one: AgreementShown) -> tuple[str, ...]:
    estimate = one.state if one.estimate is None else f"{one.estimate:.2f}"
    return plain(one.about), one.measure, f"{one.units:,}", estimate, _interval(one.low, one.high)


def _order_row(one: OrderShown) -> tuple[str, ...]:
    interval = NONE
    if one.low is not None and one.high is not None:
        interval = f"{100 * one.low:.0f} to {100 * one.high:.0f} %"
    return (
        one.judge,
        f"{one.cases:,}",
        f"{one.flips:,} ({share(one.flips, one.cases)})",
        interval,
        f"{one.for_first:,}",
        f"{one.for_second:,}",
        _p(one.p_value),
    )


def _metric_row(one: MetricShown) -> tuple[str, ...]:
    cells = (
        _number(value) if score is None else f"{_number(value)} ({_number(score)})"
        for value, score in zip(one.values, one.scores, strict=True)
    )
    return (f"{one.key} {one.title}, {one.unit}", *cells)


def _p(p_value: float | None) -> str:
    if p_value is None:
        return NONE
    return p_in_words(p_value).removeprefix("p ").removeprefix("= ")


def _number(number: float | None) -> str:
    return NONE if number is None else f"{number:.2f}".replace("-", "\N{MINUS SIGN}")


def _interval(low: float | None, high: float | None) -> str:
    return NONE if low is None or high is None else f"{_number(low)} to {_number(high)}"
