"""From proposed examples to a frozen dataset."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lorewright import curate, jobs
from lorewright.curate import Curation, TurnedDown
from lorewright.errors import NotYet, UsageError
from lorewright.flows.conversation_examples import conversation_sources
from lorewright.flows.current import documents_for, step_of
from lorewright.flows.documents import proposals
from lorewright.flows.knowledge import newest_knowledge
from lorewright.flows.naming import parents, set_newest
from lorewright.flows.ratings import newest_judgements
from lorewright.jobs import Piece, Prepared
from lorewright.lineage import Ref
from lorewright.records import (
    Dataset,
    Document,
    Example,
    Judgement,
    Knowledge,
    Record,
    Review,
    Split,
    Standing,
)
from lorewright.settings import Settings
from lorewright.store import (
    HeldOut,
    Rejected,
    Store,
    freeze,
    reviews,
    set_alias,
)

MOST_FILES = 8
"""Parents of a dataset that are files of conversations; more are gathered."""
NAME = re.compile(r"[^\W_][\w.-]{0,63}")
"""What a dataset may be called: exports lie in a folder of that name."""


def curate_dataset(store: Store, settings: Settings, *, name: str) -> Dataset:
    """Sift what was generated, split it by section, and freeze it under `name`.

    Raises:
        UsageError: when `name` is none that a folder or an alias can have.
        NotYet: when nothing was generated for the current documents, or ratings are asked for
            and there are none.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"a dataset cannot be called {name[:100]!r}",
            hint="use up to 64 letters, digits, dots, dashes and underscores, and begin with a "
            "letter or a digit",
        )
    names = candidates(store, settings)
    if not names:
        raise NotYet(
            "there are no examples to curate",
            hint="run `lorewright generate`; its reasons say why candidates were rejected",
        )
    read = as_reviewed(store, names)
    opinions = curate.Opinions(
        read.reviews,
        _judgements(store, settings, read.names),
        _knowledge(store, settings, read.names),
    )
    step = step_of(store, "curate", settings.curation, name=name)

    def work() -> Iterator[Record]:
        # All of them, cited or not: what is taught must not hold what is asked.
        documents = {ref: store.document(ref) for ref in documents_for(store, settings)}
        curation = curate.curate(
            store.get_many(read.names, Example),
            documents=documents,
            settings=settings.curation,
            opinions=opinions,
        )
        yield freeze(
            store,
            name,
            _members(curation),
            made_from=_made_from(store, list(documents), read.names, step.recipe),
            held_out=_held_out(curation, documents),
        )

    inputs = inputs_of(store, settings, read)
    piece = Piece(name, lambda: Prepared(inputs, work))
    report = jobs.run([piece], step=step, store=store)
    if report.failed:
        raise report.failed[0][1]
    set_alias(store, f"{name}@latest", report.made[0])
    set_newest(store, report.made[0])
    return store.get(report.made[0], Dataset)


def _made_from(
    store: Store, documents: list[Ref], examples: list[Ref], recipe: Ref
) -> tuple[Ref, ...]:
    """What a dataset rests on: its documents, and the files of its conversations."""
    files = conversation_sources(store, examples)
    held = parents(store, files, most=MOST_FILES) if files else ()
    return parents(store, documents, *held, recipe) if documents else (*held, recipe)


def _judgements(store: Store, settings: Settings, names: list[Ref]) -> dict[Ref, Judgement]:
    """How the examples were rated, as far as the settings make use of it.

    Raises:
        NotYet: when ratings are asked for and there are none.
    """
    if not settings.curation.selects:
        return {}
    found = newest_judgements(store, names)
    if not found:
        raise NotYet(
            "the settings keep the best rated examples, and no judge has rated any",
            where="curation.least_score, curation.keep_share",
            hint="run `lorewright judge`, or take both out of the settings",
        )
    return found


def _knowledge(store: Store, settings: Settings, names: list[Ref]) -> dict[Ref, Knowledge]:
    """What the base model knew of the examples, as far as the settings make use of it.

    Raises:
        NotYet: when it is to be minded and the base model was not asked.
    """
    if not settings.curation.minds_knowledge:
        return {}
    found = newest_knowledge(store, names)
    if not found:
        raise NotYet(
            "the settings leave out what the base model knows, and it was asked about nothing",
            where="curation.teach",
            hint="run `lorewright judge --known`, or take it out of the settings",
        )
    return found


def candidates(store: Store, settings: Settings) -> list[Ref]:
    """Every example that was generated for the current documents, by name.

    Raises:
        NotYet: when some have not been through `lorewright generate`.
    """
    return sorted(ref for ref in proposals(store, settings) if ref.kind == Example.kind)


class AsReviewed(NamedTuple):
    """Examples as their reviewers want them."""

    names: list[Ref]
    """By name; an example that was edited is there in its new words only."""
    reviews: Mapping[Ref, Review]
    """What was decided about those of `names` about which anything was."""


def as_reviewed(store: Store, names: list[Ref]) -> AsReviewed:
    """Put the new words of edited examples in the place of the old ones."""
    decided = reviews(store)
    found = {(decided[name].edited or name): decided[name] for name in names if name in decided}
    kept = (decided[name].edited or name if name in decided else name for name in names)
    return AsReviewed(sorted(set(kept)), found)


def inputs_of(store: Store, settings: Settings, read: AsReviewed) -> tuple[Ref, ...]:
    """What a dataset is looked up by: documents, examples, and what was said about them."""
    needed = {Standing.REJECTED, Standing.EDITED}
    if settings.curation.require_review:
        needed.add(Standing.ACCEPTED)
    decisions = sorted(
        review.decision.ref
        for review in read.reviews.values()
        if review.decision and review.standing in needed
    )
    judged = newest_judgements(store, read.names) if settings.curation.selects else {}
    ratings = sorted(judgement.ref for judgement in judged.values())
    asked = newest_knowledge(store, read.names) if settings.curation.minds_knowledge else {}
    known = sorted(one.ref for one in asked.values())
    return (*documents_for(store, settings), *read.names, *decisions, *ratings, *known)


def _members(curation: Curation) -> Iterator[tuple[Split, Ref] | Rejected]:
    for name, outcome in curation.outcomes():
        if isinstance(outcome, TurnedDown):
            yield Rejected(name, outcome.reason, outcome.detail)
        else:
            yield outcome, name


def _held_out(curation: Curation, documents: dict[Ref, Document]) -> Iterator[HeldOut]:
    for ref, splits in sorted(curation.section_splits.items()):
        for section, split in zip(documents[ref].sections, splits, strict=True):
            if split is not Split.TRAIN:
                yield HeldOut(ref, section.start, split)
