"""Which conversations are planned: from what is asked and what there is to the cells."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lorewright.conversations.catalogues import Catalogues, Tier
from lorewright.errors import UsageError
from lorewright.flows.enriching import conversations
from lorewright.generate.conversations import (
    Axis,
    Cell,
    Filled,
    PlanChoice,
    PlanKind,
    margins,
    plan,
)
from lorewright.lineage import Ref
from lorewright.records import (
    Conversation,
    Decision,
    Enrichment,
    EnrichmentState,
    QualityTier,
    Recipe,
    Standing,
)
from lorewright.store import Store, Workspace, review, reviews

FOLDER = "catalogues"
"""In the workspace; own entries lie in it as `personas.toml` and the like."""
PLANNED = "plan conversations"
"""The step of the recipes that remember what plans of gaps began with."""


def own_catalogues(workspace: Workspace) -> Path:
    """Where the operator's own entries are, for whoever reads catalogues."""
    return workspace.folder / FOLDER


def planned(known: Catalogues, choice: PlanChoice) -> list[Cell]:
    """The cells of a plan, at least one.

    Raises:
        UsageError: when no such plan can be made, or it is empty.
    """
    cells = plan(known, choice)
    if not cells:
        said = "nothing is missing" if choice.kind is PlanKind.GAPS else "the plan has no cells"
        raise UsageError(said, hint="ask for more, or choose other personas, arcs or topics")
    return cells


def arcs_for_rules(known: Catalogues, chosen: Sequence[str]) -> tuple[str, ...]:
    """The arcs that rules may write along: none in which advice could do harm.

    Raises:
        UsageError: when another one was chosen.
    """
    for key in chosen:
        if key in known.arcs and known.arcs[key].tier is Tier.EDGE_CASE:
            raise UsageError(
                f"the arc {key!r} is about somebody in danger, and rules that cite documents "
                "cannot answer that",
                hint="name a language model with --model, or leave the arc out",
            )
    plain = (one.key for one in known.arcs.values() if one.tier is not Tier.EDGE_CASE)
    return tuple(chosen) or tuple(plain)


def in_keys(cells: Sequence[Cell]) -> dict[str, dict[str, int]]:
    """How many cells there are of each arc, persona and topic."""
    counted = margins(cells)
    return {f"by_{axis}": dict(sorted(counted[axis].items())) for axis in Axis}


def quotas_of(
    known: Catalogues, axis: Axis, each: int, chosen: Sequence[str] = ()
) -> dict[str, int]:
    """The same number for every key of an axis that was chosen."""
    entries = {Axis.PERSONA: known.personas, Axis.ARC: known.arcs, Axis.TOPIC: known.topics}
    return dict.fromkeys(chosen or entries[axis], each)


def filled_so_far(store: Store) -> tuple[Filled, ...]:
    """How many conversations there are of each persona, arc and topic; controls do not count.

    Those that somebody or a stage turned down fill nothing and are told beside.
    """
    out = turned_down_by_people(store) | {one.conversation for one in _stopped(store)}
    there, lost = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for one in store.get_many(conversations(store), Conversation):
        scaffold = one.scaffold
        keys = (scaffold.persona_key, scaffold.emotional_arc_key, scaffold.training_topic_key)
        if one.is_control or None in keys:
            continue
        (lost if one.ref in out else there)[tuple(key or "" for key in keys)] += 1
    return tuple(
        Filled(persona=cell[0], arc=cell[1], topic=cell[2], count=there[cell], lost=lost[cell])
        for cell in sorted(there.keys() | lost.keys())
    )


def as_begun(
    store: Store,
    choice: PlanChoice,
    teacher: str,
    *,
    goes_on: Callable[[PlanChoice], bool],
) -> PlanChoice:
    """A plan of gaps as it was begun, when it is not at its end; else `choice` itself.

    What such a plan has written since is no gap less: it would plan other cells each time.

    Args:
        store: where.
        choice: what is asked for now.
        teacher: who writes.
        goes_on: whether the same plan, as it was begun last, is still to be gone on with.
    """
    for ref in store.newest(Recipe.kind):
        recipe = store.get(ref, Recipe)
        if recipe.step != PLANNED or recipe.settings["teacher"] != teacher:
            continue
        begun = PlanChoice.model_validate(recipe.settings["plan"])
        if begun.model_copy(update={"filled": choice.filled}) == choice:
            return begun if goes_on(begun) else choice
    return choice


def remember(store: Store, choice: PlanChoice, teacher: str) -> None:
    """Keep what a plan of gaps begins with."""
    if choice.kind is PlanKind.GAPS:
        plan = choice.model_dump(mode="json")
        store.put(
            Recipe.model_validate({"step": PLANNED, "settings": {"teacher": teacher, "plan": plan}})
        )


def turned_down_by_people(store: Store) -> set[Ref]:
    """The conversations that a reviewer rejected, or whose example one rejected."""
    decided = store.get_many(store.names(Decision.kind), Decision)
    about = {one.about for one in decided if one.about.kind == Conversation.kind}
    rejected = {ref for ref in about if review(store, ref).standing is Standing.REJECTED}
    examples = [ref for ref, one in reviews(store).items() if one.standing is Standing.REJECTED]
    made_from = {ref for ref in store.parents(*examples) if ref.kind == Conversation.kind}
    return rejected | made_from


def _stopped(store: Store) -> Iterator[Enrichment]:
    """The newest enrichments that a stage stopped, or that are below every tier."""
    newest: dict[Ref, Ref] = {}
    for one in store.get_many(reversed([*store.newest(Enrichment.kind)]), Enrichment):
        newest[one.conversation] = one.ref
    for one in store.get_many(newest.values(), Enrichment):
        content = one.content
        if one.state is not EnrichmentState.COMPLETED or (
            content is not None and content.tier is QualityTier.REJECTED
        ):
            yield one
