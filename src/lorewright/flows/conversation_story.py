"""The story of conversations once: from the sample handbook to neutral counterparts, offline."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from lorewright.flows.balance import Balance, balance_of
from lorewright.flows.controls import controls_by_rules
from lorewright.flows.conversation_bench import ConversationChoice
from lorewright.flows.conversations import OfflineRun
from lorewright.flows.enriching import Tally, enrich_conversations, tally
from lorewright.flows.story import Chapter, Teller, read_sample
from lorewright.generate.conversations import Axis, PlanChoice
from lorewright.jobs import Report
from lorewright.lineage import Ref
from lorewright.records import Conversation
from lorewright.settings import Settings
from lorewright.store import Store

COUNT = 60


class Talks(NamedTuple):
    """What the story leaves to look at."""

    planned: int
    written: int
    tiers: Counter[str]
    """Of conversations and counterparts that went through all stages."""
    balance: Balance
    controls: int
    example: Ref
    """A conversation that is worth looking at."""
    control: Ref
    """Its neutral counterpart."""


def tell_of_conversations(
    store: Store, settings: Settings, *, on_chapter: Callable[[Chapter], None]
) -> Talks:
    """Plan, write, enrich and weigh conversations about the sample, and their counterparts.

    Rules write everything, whatever language model the settings name. The same settings tell
    the same story, and what was done before is not done again.
    """
    teller = Teller(on_chapter)
    read_sample(teller, store, settings)
    run = OfflineRun(store, settings, ConversationChoice(plan=PlanChoice(count=COUNT)))
    teller.chapter("generate conversations", run.write, _written)

    def enriched() -> Tally:
        enrich_conversations(store, settings)
        return tally(store, settings)

    teller.chapter("enrich", enriched, _tiers)
    balance = teller.chapter("curate balance", lambda: balance_of(store), _spread)
    made = teller.chapter(
        "generate controls", lambda: controls_by_rules(store, settings), _counterparts
    )
    found = teller.chapter("enrich", enriched, _tiers)
    control = min(ref for ref in made.made if ref.kind == Conversation.kind)
    example = next(ref for ref in store.parents(control) if ref.kind == Conversation.kind)
    counts = run.tally
    return Talks(
        counts.planned,
        counts.written,
        found.tiers,
        balance,
        made.counts[Conversation.kind],
        example,
        control,
    )


def _written(report: Report) -> str:
    if report.failed:
        raise report.failed[0][1]
    return f"{report.accepted:,} conversations along a plan, around the words of the handbook"


def _tiers(found: Tally) -> str:
    tiers = ", ".join(f"{count:,} {tier}" for tier, count in found.tiers.most_common())
    return f"{found.completed:,} of {found.conversations:,} complete: {tiers}"


def _spread(balance: Balance) -> str:
    axes = ", ".join(f"{len(balance.by(axis)):,} {axis}s" for axis in Axis)
    return f"{balance.whole.accepted:,} accepted, over {axes}"


def _counterparts(report: Report) -> str:
    return f"{report.accepted:,} neutral counterparts, {report.rejected.total():,} rejected"
