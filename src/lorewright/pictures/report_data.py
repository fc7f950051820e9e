"""Everything the report shows, as plain values; whoever has the store fills it in."""

from dataclasses import dataclass
from typing import Literal

from lorewright.pictures.balance import BalanceCell
from lorewright.pictures.chunk_map import DocumentMap
from lorewright.pictures.coverage import SectionCoverage
from lorewright.pictures.forest_plot import PairedRow
from lorewright.pictures.funnel import Counts
from lorewright.pictures.lineage_picture import Lineage
from lorewright.pictures.loss_curve import LossSeries
from lorewright.records import Finding, Split


@dataclass(frozen=True, slots=True)
class FindingCard:
    """What is found on one held-out set."""

    split: Split
    finding: Finding
    label: str
    """The finding in a few words."""
    sentence: str
    """The sentence of the verdict, with its numbers."""


@dataclass(frozen=True, slots=True)
class SampleAnswers:
    """One held-out question and what each arm answers."""

    question: str
    reference: str
    """The answer that stands in the source."""
    base: str
    tuned: str
    control: str
    example: str = ""
    """The full name of the example."""


@dataclass(frozen=True, slots=True)
class RejectionReason:
    """Why candidates were turned down, with one of them."""

    reason: str
    """A key such as `near_duplicate`."""
    count: int
    detail: str
    """What is wrong with the one shown, in a sentence."""
    question: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class RecipeSettings:
    """The settings of one step, as its recipe keeps them."""

    step: str
    recipe: str
    """The full name of the recipe."""
    rows: tuple[tuple[str, str], ...]
    """Setting and value, in words."""


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record that the report rests on."""

    label: str
    """What it is to the reader: `Tuned adapter`, `Base`, `Dataset` ..."""
    name: str
    """Its full name, `kind:sha256`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """One adapter, what it was taught, and what it is shown to have learned."""

    title: str
    """What the adapter is about: the name of the dataset or of the document."""
    made_at: str
    """UTC, ISO 8601 with seconds."""
    scope: Literal["pocket", "outside"]
    is_offline: bool
    """Whether everything was made without a network."""
    headline: str
    """The whole verdict in a line."""
    findings: tuple[FindingCard, ...]
    paired: tuple[PairedRow, ...]
    alpha: float
    permutations: int
    counts: Counts
    splits: tuple[tuple[Split, int], ...]
    """How many accepted examples each split holds; they add up to `counts.accepted`."""
    maps: tuple[DocumentMap, ...]
    coverage: tuple[SectionCoverage, ...]
    balance: tuple[BalanceCell, ...]
    """Adds up to `counts.accepted`; cells that hold nothing may be left out."""
    losses: tuple[LossSeries, ...]
    lineage: Lineage | None
    samples: tuple[SampleAnswers, ...]
    rejections: tuple[RejectionReason, ...]
    recipes: tuple[RecipeSettings, ...]
    names: tuple[NamedRecord, ...]
    versions: tuple[tuple[str, str], ...]
    """What ran: `lorewright`, `torch` ... with their versions."""
    trace: str | None = None
    """The full name of an example to trace, as the report suggests."""
