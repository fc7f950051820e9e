"""No task form may fill the training split."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from lorewright.curate.curation import TurnedDown
from lorewright.curate.draw import draw
from lorewright.curate.item import Item
from lorewright.lineage import Ref
from lorewright.settings import CurationSettings


def surplus_forms(
    items: Sequence[Item], *, needed: Collection[Ref], settings: CurationSettings
) -> dict[Ref, TurnedDown]:
    """Those whose task form is over its share of `items`, until none is.

    What the recall test needs stays longest, then what alone teaches a passage, then what the
    seed draws.

    Args:
        items: the training split.
        needed: examples that a question of the recall test rests on.
        settings: the share and the seed.
    """
    by_form: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_form[item.task_form].append(item)
    most = largest_form([len(ours) for ours in by_form.values()], settings.max_form_share)
    facts = Counter(item.evidence for item in items)
    found: dict[Ref, TurnedDown] = {}
    for form, ours in by_form.items():
        if len(ours) <= most:
            continue
        detail = (
            f"{len(ours)} examples ask for {form!r}; {most} keep it within "
            f"{settings.max_form_share:.0%} of the training split"
        )
        ours.sort(
            key=lambda item: (
                item.name not in needed,
                facts[item.evidence] > 1,
                draw(settings.seed, "balance", item.name),
            )
        )
        found |= {item.name: TurnedDown("form_over_share", detail) for item in ours[most:]}
    return found


def largest_form(counts: Collection[int], share: Decimal) -> int:
    """The most examples that one task form may have so that none is over its share.

    It is the largest c with c <= share * sum(min(count, c)): cutting one form makes the others
    weigh more, so the share is taken of what is left. With fewer than 1 / share forms nothing
    can keep to it, and nothing is cut.
    """
    largest = max(counts, default=0)
    if len(counts) * share < 1:
        return largest

    def is_too_many(most: int) -> bool:
        return most > share * sum(min(count, most) for count in counts)

    return bisect_left(range(1, largest + 1), x=True, key=is_too_many)
