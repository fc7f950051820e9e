"""Everything that the report of a proof shows, as plain values; a flow fills it in."""

from dataclasses import dataclass
from typing import Literal

from lorewright.pictures.report_data import NamedRecord
from lorewright.records import Deviation


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The tuned arm beside another arm, over all dimensions or on one."""

    name: str
    """What stands at its row: the other arm, or the dimension."""
    group: Literal["arm", "dimension"]
    n: int
    """Scenarios."""
    ours: float
    theirs: float
    """Mean ratings."""
    mean: float
    """Of the differences, in points of the scale."""
    low: float | None
    high: float | None
    """Of its interval; None where nothing could be tested."""
    p_value: float | None
    adjusted: float | None = None
    """By Holm's method over all dimensions; None for arms."""
    holds: bool = True
    """Whether a difference that its interval shows is still one when all dimensions are counted."""
    margin: float | None = None
    """Points that the margin asks for here: its share of the other arm's mean."""
    margin_state: str | None = None
    """`met` or `not shown`, by the test of the margin; None where there is no such test."""
    gain: str | None = None
    """The relative gain with its interval, in words."""


@dataclass(frozen=True, slots=True)
class GateShown:
    """One hypothesis of the fixed order."""

    name: str
    p_value: float | None
    step_down: float | None
    outcome: str


@dataclass(frozen=True, slots=True)
class LockShown:
    """What was promised before anything was answered."""

    sha256: str
    promises: tuple[tuple[str, str], ...]
    """What and how, in words, in the order of the file."""


@dataclass(frozen=True, slots=True)
class MeanRow:
    """The mean rating of every arm on one dimension."""

    dimension: str
    means: tuple[float | None, ...]
    """In the order of the page's arms; None where there is no usable rating."""


@dataclass(frozen=True, slots=True)
class AgreementShown:
    """How far raters agree on one thing."""

    about: str
    measure: str
    """Such as `Krippendorff's alpha, ordinal`."""
    units: int
    estimate: float | None
    low: float | None
    high: float | None
    state: str
    """Why there is no number, or `sound`."""


@dataclass(frozen=True, slots=True)
class OrderShown:
    """What one judge said when the same answers came in the other order."""

    judge: str
    cases: int
    flips: int
    for_first: int
    for_second: int
    low: float | None
    high: float | None
    """Of the share that flipped."""
    p_value: float | None
    """Whether the flips favour one place."""


@dataclass(frozen=True, slots=True)
class RankShown:
    """One arm in the ranking of all that were compared, the strongest first."""

    arm: str
    wins: int
    ties: int
    losses: int
    strength: float | None
    """Logarithm, with a mean of zero over the arms; None where no finite one fits."""
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class CostShown:
    """What one part of the evaluation took."""

    part: str
    calls: int
    usd: str | None
    """None where no price is known or nothing is paid."""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class PowerShown:
    """What so many scenarios can show."""

    test: str
    n: int
    spread: float | None
    """Standard deviation of what is tested, as seen, in points; None for shares."""
    four_in_five: str | None
    """The smallest true effect that is shown with a power of 0.8, in words; None where none is."""
    nine_in_ten: str | None


@dataclass(frozen=True, slots=True)
class CountShown:
    """Something that was left out, how often, and where first."""

    reason: str
    count: int
    first: str


@dataclass(frozen=True, slots=True)
class MetricShown:
    """One automated metric by arm; exploratory, and no part of the verdict."""

    key: str
    title: str
    unit: str
    values: tuple[float | None, ...]
    """Mean raw values in the order of the page's arms; None where it applies to no answer."""
    scores: tuple[float | None, ...]
    """Mean scores against the advisor's own answers, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class WordingShown:
    """BLEU and chrF of one arm against references; secondary figures."""

    arm: str
    answers: int
    bleu: float
    chrf: float
    signature: str


@dataclass(frozen=True, slots=True)
class LengthShown:
    """How far longer answers go with higher ratings; a sensitivity, never the verdict."""

    n: int
    raw: float
    """The mean difference as it is, in points."""
    longer: float
    """Words that the tuned answers have more, on average."""
    equal: float | None
    low: float | None
    high: float | None
    """The difference where both answers are equally long, with its interval."""
    per_hundred: float | None
    """Points for each hundred words more."""
    warning: str | None
    """Why the number must not be read without care."""


@dataclass(frozen=True, slots=True)
class RegressionShown:
    """Whether something that the base could do is kept."""

    about: str
    """With the unit of its numbers."""
    n: int
    unit: str
    """What is counted: windows, questions or scenarios."""
    base: str
    tuned: str
    change: str
    """With its interval."""
    margin: str
    state: str
    """`not worse`, `not shown` or why nothing could be tested."""


@dataclass(frozen=True, slots=True)
class ReplyShown:
    """One answer of an arm, or why there is none."""

    turn: int
    generation: int
    text: str | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """Why a rater gave a value."""

    rater: str
    dimension: str
    value: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class ArmShown:
    """One arm on one scenario."""

    arm: str
    replies: tuple[ReplyShown, ...]
    mean: float | None
    """Over dimensions, then raters, then answers; None without a usable rating."""
    dimensions: tuple[tuple[str, float], ...]
    """The mean of each dimension over raters and answers."""
    reasons: tuple[ReasonShown, ...]


@dataclass(frozen=True, slots=True)
class ChoiceShown:
    """Which answer a rater prefers."""

    rater: str
    first: str
    second: str
    preferred: str
    reason: str
    question: str
    """What was asked, in words."""


@dataclass(frozen=True, slots=True)
class PairShown:
    """One scenario with the answers of all arms side by side."""

    scenario: str
    family: str
    situation: str
    says: tuple[str, ...]
    """Turn by turn."""
    arms: tuple[ArmShown, ...]
    choices: tuple[ChoiceShown, ...]
    difference: float | None
    """Tuned less prompted base, in points; None where one of the two has no rating."""


@dataclass(frozen=True, slots=True)
class PairsShown:
    """The scenarios that the page shows, and how many there are."""

    shown: tuple[PairShown, ...]
    scenarios: int
    answers: int
    failed: int
    """Answers that did not come."""
    how_chosen: str
    full: str | None
    """The file beside the page that holds all of them, a JSON line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage:
    """One proof, with all that it rests on and what it does not say."""

    title: str
    """The adapter."""
    made_at: str
    """UTC, ISO 8601 with seconds."""
    kind: str
    """The verdict in a word or two: `proven`, `better` ..."""
    origin: Literal["measured", "rehearsed", "synthetic"]
    headline: str
    reasons: tuple[str, ...]
    """A sentence for each thing that was tested."""
    scenarios: int
    """That were asked."""
    level: float
    """Of the intervals."""
    effects: tuple[Effect, ...]
    gates: tuple[GateShown, ...]
    arms: tuple[str, ...]
    """Those that answered, in the order of every table."""
    means: tuple[MeanRow, ...]
    pairs: PairsShown | None
    lock: LockShown | None
    deviations: tuple[Deviation, ...]
    agreement: tuple[AgreementShown, ...]
    order: tuple[OrderShown, ...]
    ranking: tuple[RankShown, ...]
    costs: tuple[CostShown, ...]
    power: tuple[PowerShown, ...]
    excluded: tuple[CountShown, ...]
    metrics: tuple[MetricShown, ...]
    wording: tuple[WordingShown, ...]
    length: LengthShown | None
    regression: tuple[RegressionShown, ...]
    untested: tuple[str, ...]
    names: tuple[NamedRecord, ...]
