"""From conversations that went through all stages to the examples of a dataset."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from lorewright import jobs
from lorewright.conversations.examples import example_of
from lorewright.errors import NotYet
from lorewright.flows.current import plan_of, step_of
from lorewright.flows.enriching import enrichments
from lorewright.jobs import Piece, Prepared, Report, Watch
from lorewright.lineage import Ref
from lorewright.records import Conversation, Enrichment, Example, Record, Rejection, Source
from lorewright.settings import CONTROLS, CONVERSATIONS, ExampleSettings, Settings
from lorewright.store import Store

STEP = "examples"
AT_ONCE = 64
"""Conversations that are one piece of work."""


def make_examples(
    store: Store, settings: Settings, *, watch: Watch = lambda _progress: None
) -> Report:
    """One example for every enriched conversation that has none by today's settings.

    One that nothing can be learnt from becomes a rejection with its reason.
    """
    step = step_of(store, STEP, settings.examples)
    done = _made(store, step.recipe).keys()
    wanted = (
        enrichment
        for _, enrichment in enrichments(store, settings)
        if enrichment is not None and enrichment not in done
    )

    def made(batch: list[Ref]) -> Iterable[Record]:
        return list(_examples(store, batch, step.recipe, settings.examples))

    def pieces() -> Iterator[Piece]:
        number = 0
        while batch := list(islice(wanted, AT_ONCE)):
            label = f"conversations {number + 1:,} to {number + len(batch):,}"
            number += len(batch)
            yield Piece(
                label,
                lambda batch=batch: Prepared(tuple(batch), lambda: made(batch), weight=len(batch)),
            )

    return jobs.run(pieces(), step=step, store=store, watch=watch)


def conversation_examples(store: Store, settings: Settings) -> Iterator[Ref]:
    """The examples of the conversations and counterparts that `generation.teacher` names.

    Raises:
        NotYet: when there is none, or a conversation has not been through its stages.
    """
    wanted = [one for one in (CONVERSATIONS, CONTROLS) if settings.generation.takes(one)]
    newest = dict(enrichments(store, settings))
    made = _made(store, plan_of(STEP, settings.examples).recipe)
    waiting = sum(enrichment not in made for enrichment in newest.values())
    if waiting:
        raise NotYet(
            f"{waiting:,} conversations have not gone through `lorewright enrich` with these "
            "settings",
            hint="run `lorewright enrich`; what is done already is not done again",
        )
    found = False
    for one in store.get_many(newest, Conversation):
        enrichment = newest[one.ref]
        assert enrichment is not None
        made_of_it = made[enrichment]
        is_wanted = (CONTROLS if one.is_control else CONVERSATIONS) in wanted
        if is_wanted and made_of_it.kind == Example.kind:
            found = True
            yield made_of_it
    if not found:
        raise NotYet(
            f"there are no {' and no '.join(wanted)} to make a dataset of",
            hint="write some with `lorewright generate conversations`, or bring some in with "
            "`lorewright import FILE`",
        )


def conversation_sources(store: Store, examples: Iterable[Ref]) -> list[Ref]:
    """The files that the conversations behind some examples were brought in with, by name."""
    conversations = _parents(store, examples, Conversation.kind)
    return sorted(_parents(store, conversations, Source.kind))


def _parents(store: Store, refs: Iterable[Ref], kind: str) -> set[Ref]:
    found: set[Ref] = set()
    rest = iter(refs)
    while batch := list(islice(rest, AT_ONCE)):
        found.update(ref for ref in store.parents(*batch) if ref.kind == kind)
    return found


def _made(store: Store, recipe: Ref) -> dict[Ref, Ref]:
    """The example or the rejection of each enrichment, made by `recipe`.

    As JSON: these bytes are our own, and only their parents are looked at.
    """
    found: dict[Ref, Ref] = {}
    for kind in (Example.kind, Rejection.kind):
        rest = iter(store.children([recipe], kind=kind))
        while batch := list(islice(rest, AT_ONCE)):
            for ref, body in store.bodies(batch):
                made_from = list(map(Ref.parse, json.loads(body)["made_from"]))
                # What a person wrote in the place of an example is found through the original.
                if made_from[0].kind == Conversation.kind:
                    enrichment = next(one for one in made_from if one.kind == Enrichment.kind)
                    found[enrichment] = ref
    return found


def _examples(
    store: Store, batch: list[Ref], recipe: Ref, settings: ExampleSettings
) -> Iterator[Record]:
    for enrichment in store.get_many(batch, Enrichment):
        yield example_of(
            enrichment,
            store.get(enrichment.conversation, Conversation),
            recipe=recipe,
            header=settings.control_header,
            system=settings.system_prompt,
        )
