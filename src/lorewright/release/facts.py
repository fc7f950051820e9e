"""What a card tells, gathered by whoever has the records; every number in it is counted."""

from dataclasses import dataclass, field

from lorewright.lineage import Ref
from lorewright.records import (
    UNKNOWN_LICENCE,
    Adapter,
    BaseLanguageModel,
    Dataset,
    EvaluationLock,
    ProofVerdict,
    Recipe,
    Split,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """One document that a source was read into."""

    ref: Ref
    source: Ref
    text_sha256: str
    length: int
    """In code points."""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """One source, what its documents say about it, and what rests on it."""

    ref: Ref
    file_name: str
    media_type: str
    sha256: str
    size: int
    licence: str
    """The one that holds now, corrections included."""
    corrected: str | None
    """Why the licence was corrected; None when it was not."""
    origin: str | None
    title: str
    author: str | None
    date: str | None
    language: str | None
    examples: int
    """Accepted examples that cite it."""
    characters: int
    """Visible characters of content."""
    covered: int
    """Those that some accepted example cites."""

    @property
    def has_known_licence(self) -> bool:
        """Whether anybody said under which licence it stands."""
        return self.licence != UNKNOWN_LICENCE


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """One section with content."""

    source: str
    """The title of its document."""
    heading: str
    use: str
    """`taught`, `watched during training` or `held out for transfer`."""
    characters: int
    covered: int
    examples: int


@dataclass(frozen=True, slots=True)
class RejectedFacts:
    """How many proposals one gate turned down."""

    step: str
    reason: str
    count: int
    is_failure: bool = False
    """True for work that failed rather than being judged."""


@dataclass(frozen=True, slots=True)
class FormFacts:
    """How many accepted examples share a task form, a level and a split."""

    task_form: str
    level: str
    split: Split
    count: int


@dataclass(frozen=True, slots=True)
class DataFacts:
    """Everything about a dataset."""

    record: Dataset
    rejected: tuple[RejectedFacts, ...]
    """By the generator and by the curation."""
    forms: tuple[FormFacts, ...]
    teachers: tuple[tuple[str, int], ...]
    ungrounded: int
    conversations: int
    """Examples with more than one question."""
    sources: tuple[SourceFacts, ...]
    documents: tuple[DocumentFacts, ...]
    sections: tuple[SectionFacts, ...]
    recipes: tuple[Recipe, ...]
    erased: tuple[str, ...] = ()
    """What was destroyed since the dataset was frozen, each as a sentence."""
    living: int = 0
    """Members that were not erased."""
    reviewed: int = 0
    """Members about which a decision of acceptance, rejection or correction stands."""

    @property
    def accepted(self) -> int:
        """Examples in the dataset."""
        return self.record.accepted

    @property
    def taught(self) -> int:
        """Examples that an adapter learns from."""
        membership = self.record.membership(Split.TRAIN)
        return membership.count if membership else 0

    @property
    def turned_down(self) -> int:
        """Proposals that were judged and not taken, by any step."""
        return sum(one.count for one in self.rejected if not one.is_failure)

    @property
    def failed(self) -> int:
        """Work that failed."""
        return sum(one.count for one in self.rejected if one.is_failure)

    @property
    def requested(self) -> int:
        """Everything that was proposed."""
        return self.accepted + self.turned_down + self.failed

    @property
    def characters(self) -> int:
        """Visible characters of content in all sources."""
        return sum(one.characters for one in self.sources)

    @property
    def covered(self) -> int:
        """Those that some accepted example cites."""
        return sum(one.covered for one in self.sources)

    @property
    def languages(self) -> tuple[str, ...]:
        """As far as the documents say."""
        return tuple(sorted({one.language for one in self.sources if one.language}))

    @property
    def without_licence(self) -> tuple[SourceFacts, ...]:
        """Sources whose licence nobody said."""
        return tuple(one for one in self.sources if not one.has_known_licence)


@dataclass(frozen=True, slots=True)
class LossFacts:
    """A few steps of the training."""

    step: int
    loss: str
    held_out: str | None


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """Everything about an adapter that is handed out."""

    name: str
    version: str
    data: DataFacts
    adapter: Adapter
    base: BaseLanguageModel
    recipe: Recipe | None
    """The settings of the training."""
    losses: tuple[LossFacts, ...]
    verdict: Verdict | None
    headline: str | None
    """The verdict in a line."""
    with_data: bool
    findings: tuple[tuple[str, str, str], ...] = ()
    """(split, finding in a few words, the whole sentence)."""
    chain: tuple[tuple[Ref, bytes], ...] = field(default=())
    """Stored bytes of the records that the release rests on, none of which quotes a source."""
    rated: tuple[ProofVerdict, EvaluationLock] | None = None
    """What ratings of answers to scenarios show, and the lock; None when nobody rated them.

    Raises:
        ValueError: when the ratings are rehearsed or synthetic: these leave no workspace.
    """

    def __post_init__(self) -> None:
        if self.rated is not None and self.rated[0].origin != "measured":
            raise ValueError(f"ratings that are {self.rated[0].origin} reach no card")
