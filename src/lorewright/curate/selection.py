"""The best of what is good: examples that judges rated, sifted by score and by share.

Before that what the base model knows already is left out, where that is wanted: learning it
again takes the place of something new.

Small sets of the best examples train better than whole sets (LIMA, AlpaGasus, Deita). But the
best of all are often of one sort, so the share is taken within each sort, and no section of a
document falls silent.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal

from lorewright.curate.curation import TurnedDown
from lorewright.curate.item import Item
from lorewright.lineage import Ref
from lorewright.records import Criterion, Judgement, Knowledge, Known
from lorewright.settings import CurationSettings


def known_already(
    items: Sequence[Item], knowledge: Mapping[Ref, Knowledge], settings: CurationSettings
) -> dict[Ref, TurnedDown]:
    """Those of which the base model knows more than `teach` allows, or was not asked.

    Nothing is turned down unless the settings ask for it.
    """
    if not settings.minds_knowledge:
        return {}
    left_out = {Known.KNOWN} if settings.teach == "not_known" else {Known.KNOWN, Known.PARTLY}
    found: dict[Ref, TurnedDown] = {}
    for item in items:
        known = knowledge.get(item.name)
        if known is None:
            detail = "the base model was not asked about it, and what it knows is minded"
            found[item.name] = TurnedDown("not_asked", detail)
        elif known.known in left_out:
            detail = f"the base model was right in {known.right} of {len(known.answers)} answers"
            found[item.name] = TurnedDown("known_already", detail)
    return found


def not_good_enough(
    items: Sequence[Item], judgements: Mapping[Ref, Judgement], settings: CurationSettings
) -> dict[Ref, TurnedDown]:
    """Those that nobody judged, and those with a mean or a groundedness below `least_score`.

    Nothing is turned down unless the settings ask for a score or for a share.
    """
    found: dict[Ref, TurnedDown] = {}
    if settings.selects:
        for item in items:
            judgement = judgements.get(item.name)
            fault = _unjudged() if judgement is None else _low(judgement, settings.least_score)
            if fault:
                found[item.name] = fault
    return found


def not_among_best(
    items: Sequence[Item],
    judgements: Mapping[Ref, Judgement],
    settings: CurationSettings,
    *,
    sections: Callable[[Item], Collection[str]],
) -> dict[Ref, TurnedDown]:
    """Those outside the best `keep_share` of their level and task form.

    At least one of each level and form stays, since a share is rounded up; and where a section
    would lose all of its examples, the best of them stays as well. Of two with the same mean the
    better grounded one is better, then the one whose name comes first.

    Args:
        items: all of them judged.
        judgements: their judgements.
        settings: the share.
        sections: the sections that an example rests on; none for one without evidence.
    """
    if settings.keep_share is None:
        return {}
    ranked = sorted(items, key=lambda item: _rank(item, judgements[item.name]))
    by_sort: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in ranked:
        by_sort[item.level, item.task_form].append(item)
    kept: set[Ref] = set()
    for ours in by_sort.values():
        kept.update(item.name for item in ours[: _share_of(len(ours), settings.keep_share)])
    kept.update(_best_of_silent_sections(ranked, kept, sections))
    return {
        item.name: TurnedDown(
            "not_among_best",
            f"with a mean of {judgements[item.name].mean} it is not among the best "
            f"{settings.keep_share:.0%} of {len(ours)} that ask for {form!r} at level {level}",
        )
        for (level, form), ours in by_sort.items()
        for item in ours
        if item.name not in kept
    }


def _unjudged() -> TurnedDown:
    return TurnedDown("not_judged", "no judge has rated it, and only rated examples enter")


def _low(judgement: Judgement, least: Decimal | None) -> TurnedDown | None:
    if least is None:
        return None
    grounded = judgement.scores.get(Criterion.GROUNDEDNESS)
    if grounded is not None and grounded < least:
        detail = f"its groundedness is {grounded} of 10, less than {least}"
        return TurnedDown("low_score", detail)
    if judgement.mean < least:
        detail = f"the mean of its ratings is {judgement.mean} of 10, less than {least}"
        return TurnedDown("low_score", detail)
    return None


def _rank(item: Item, judgement: Judgement) -> tuple[Decimal, int, Ref]:
    """The best comes first."""
    return -judgement.mean, -judgement.scores.get(Criterion.GROUNDEDNESS, 0), item.name


def _share_of(count: int, share: Decimal) -> int:
    return int((count * share).to_integral_value(ROUND_CEILING))


def _best_of_silent_sections(
    ranked: Sequence[Item], kept: Collection[Ref], sections: Callable[[Item], Collection[str]]
) -> Iterator[Ref]:
    """The best example of each section of which none is kept."""
    heard = {section for item in ranked if item.name in kept for section in sections(item)}
    for item in ranked:
        silent = set(sections(item)) - heard
        if silent:
            heard |= silent
            yield item.name
