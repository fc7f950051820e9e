"""Examples become a dataset in the making: one step after the other, each with its reasons."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lorewright.curate.balance import surplus_forms
from lorewright.curate.curation import Curation, Opinions, Tally, TurnedDown
from lorewright.curate.dealing import deal
from lorewright.curate.duplicates import asked_twice, exact_duplicates, said_twice
from lorewright.curate.gates import fault_of
from lorewright.curate.item import Item, item_of
from lorewright.curate.leaks import leaking
from lorewright.curate.recall import recall_questions
from lorewright.curate.reviewing import turned_down_by_people
from lorewright.curate.sections import SectionGroups, is_conversation
from lorewright.curate.selection import known_already, not_among_best, not_good_enough
from lorewright.curate.taught import spans_to_teach
from lorewright.lineage import Ref
from lorewright.prose import Span
from lorewright.records import Document, Example, Judgement, Level, Review, Split
from lorewright.settings import CurationSettings


def curate(
    examples: Iterable[Example],
    *,
    documents: Mapping[Ref, Document],
    settings: CurationSettings,
    opinions: Opinions | None = None,
) -> Curation:
    """Decide for every example which split it enters, or why it enters none.

    The result depends on the set of examples alone, not on their order. What holds of it:

    * a section is taught, watched or held out as a whole, together with its repetitions;
    * no recall question shares a run of eight words with a training question, and its fact is
      taught by another example of another task form;
    * no transfer or valid example repeats what is trained on beyond stock phrases.

    Args:
        examples: a stream; each is let go once its words are noted.
        documents: every document in use, with its text attached. An example that cites
            another document is rejected; a document without examples still counts, since a
            base model made here may read it.
        settings: gates, thresholds, shares and the seed.
        opinions: of people, judges and the base model about some of the examples.
    """
    draft, said = _Draft(), opinions or Opinions()
    draft.take_in(examples, documents, settings, said.reviews)
    threshold = float(settings.near_duplicate_jaccard)
    draft.turn_down(exact_duplicates(draft.items))
    draft.turn_down(asked_twice(draft.items, documents=documents, threshold=threshold))
    draft.turn_down(said_twice(draft.items, threshold=threshold))
    groups = SectionGroups(documents, threshold=threshold)
    draft.turn_down(known_already(draft.items, said.knowledge, settings))
    _keep_the_best(draft, said.judgements, groups, settings)
    dealt = _deal(draft.items, groups, settings)
    section_splits = {
        ref: tuple(dealt.get(group, Split.TRAIN) for group in groups.of_document(ref))
        for ref in documents
    }
    draft.turn_down(_split(draft, groups, dealt))
    _keep_back(draft, settings)
    draft.turn_down(
        leaking(
            draft.among(Split.TRANSFER, Split.VALID),
            trained=draft.among(Split.TRAIN),
            taught={
                ref: spans_to_teach(documents[ref], splits)
                for ref, splits in section_splits.items()
            },
            documents=documents,
        )
    )
    return draft.finish(section_splits)


@dataclass
class _Draft:
    """Everything decided so far."""

    items: list[Item] = field(default_factory=list[Item])
    """What has not been turned down, in the order of the names."""
    splits: dict[Ref, Split] = field(default_factory=dict[Ref, Split])
    turned_down: dict[Ref, TurnedDown] = field(default_factory=dict[Ref, TurnedDown])

    def take_in(
        self,
        examples: Iterable[Example],
        documents: Mapping[Ref, Document],
        settings: CurationSettings,
        reviews: Mapping[Ref, Review],
    ) -> None:
        """Let examples through the gates, the reviewers' first."""
        passed: dict[Ref, Item] = {}
        for example in examples:
            fault = turned_down_by_people(example.ref, reviews, settings=settings) or fault_of(
                example, documents=documents, settings=settings
            )
            if fault:
                self.turned_down[example.ref] = fault
            else:
                passed[example.ref] = item_of(example)
        self.items = [passed[name] for name in sorted(passed)]

    def turn_down(self, found: Mapping[Ref, TurnedDown]) -> None:
        """Take examples out, with their reasons."""
        self.turned_down |= found
        self.items = [item for item in self.items if item.name not in found]
        for name in found:
            self.splits.pop(name, None)

    def among(self, *splits: Split) -> list[Item]:
        """The examples of some splits, in the order of their names."""
        return [item for item in self.items if self.splits[item.name] in splits]

    def finish(self, section_splits: Mapping[Ref, tuple[Split, ...]]) -> Curation:
        evidence: defaultdict[Ref, set[Span]] = defaultdict(set)
        counts = Counter[tuple[Split, str, Level]]()
        for item in self.items:
            counts[self.splits[item.name], item.task_form, item.level] += 1
            for cited in item.evidence:
                evidence[cited.document].add(Span(cited.start, cited.end))
        return Curation(
            splits=self.splits,
            turned_down=self.turned_down,
            section_splits=section_splits,
            evidence={ref: tuple(sorted(spans)) for ref, spans in sorted(evidence.items())},
            tallies=tuple(Tally(*key, count) for key, count in sorted(counts.items())),
        )


def _keep_the_best(
    draft: _Draft,
    judgements: Mapping[Ref, Judgement],
    groups: SectionGroups,
    settings: CurationSettings,
) -> None:
    """Turn down what is not good enough, then what is not among the best."""

    def sections(item: Item) -> set[str]:
        return {group for group in groups.of_item(item) if not is_conversation(group)}

    draft.turn_down(not_good_enough(draft.items, judgements, settings))
    draft.turn_down(not_among_best(draft.items, judgements, settings, sections=sections))


def _deal(
    items: Iterable[Item], groups: SectionGroups, settings: CurationSettings
) -> dict[str, Split]:
    """A split for every group with examples; sections and conversations each get their shares."""
    used = {group for item in items for group in groups.of_item(item)}
    conversations = {group for group in used if is_conversation(group)}
    return deal(used - conversations, settings) | deal(conversations, settings)


def _split(
    draft: _Draft, groups: SectionGroups, dealt: Mapping[str, Split]
) -> dict[Ref, TurnedDown]:
    """Give every example the split of its groups; those with two splits are turned down."""
    crossing: dict[Ref, TurnedDown] = {}
    for item in draft.items:
        splits = sorted({dealt[group] for group in groups.of_item(item)})
        draft.splits[item.name] = splits[0]
        if len(splits) > 1:
            detail = f"its evidence lies in sections of {' and '.join(splits)}"
            crossing[item.name] = TurnedDown("crosses_splits", detail)
    return crossing


def _keep_back(draft: _Draft, settings: CurationSettings) -> None:
    """Move questions from training to recall, then balance what is left.

    A recall question whose teacher has to go goes as well: it would test what is not taught.
    """
    taught_by = recall_questions(draft.among(Split.TRAIN), settings)
    draft.splits |= dict.fromkeys(taught_by, Split.RECALL)
    needed = set(taught_by.values())
    draft.turn_down(surplus_forms(draft.among(Split.TRAIN), needed=needed, settings=settings))
    draft.turn_down(
        {
            name: TurnedDown("no_longer_taught", f"{teacher.short} taught it and was rejected")
            for name, teacher in taught_by.items()
            if teacher in draft.turned_down
        }
    )
