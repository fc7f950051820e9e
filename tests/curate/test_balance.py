from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from curate.builders import an_example
from lorewright.curate.balance import largest_form, surplus_forms
from lorewright.curate.item import Item, item_of
from lorewright.settings import CurationSettings


def items(**counts: int) -> list[Item]:
    return [
        item_of(an_example(f"What is {form} number {at}?", f"It is {form} {at}.", form=form))
        for form, count in counts.items()
        for at in range(count)
    ]


@given(st.lists(st.integers(1, 60), max_size=6), st.decimals("0.05", 1, places=2))
def test_the_largest_form_is_as_large_as_its_share_allows(
    counts: list[int], share: Decimal
) -> None:
    most = largest_form(counts, share)

    if len(counts) * share < 1:
        assert most == max(counts, default=0)
        return
    fitting = [
        size
        for size in range(max(counts) + 1)
        if size <= share * sum(min(count, size) for count in counts)
    ]
    assert most == max(fitting)


def test_the_surplus_of_a_form_is_turned_down() -> None:
    ours = items(view=80, advice=30, reason=30)

    found = surplus_forms(ours, needed=(), settings=CurationSettings())

    left = Counter(item.task_form for item in ours if item.name not in found)
    assert left == {"view": 40, "advice": 30, "reason": 30}
    assert {one.reason for one in found.values()} == {"form_over_share"}


def test_two_forms_that_cannot_keep_to_the_share_are_left_as_they_are() -> None:
    assert not surplus_forms(items(view=80, advice=3), needed=(), settings=CurationSettings())


def test_what_the_recall_test_needs_stays() -> None:
    ours = items(view=80, advice=30, reason=30)
    needed = {item.name for item in ours if item.task_form == "view"} - {
        item.name for item in ours[:40]
    }

    assert not needed & set(surplus_forms(ours, needed=needed, settings=CurationSettings()))


def test_the_choice_does_not_change_when_another_form_grows() -> None:
    few = surplus_forms(
        items(view=80, advice=30, reason=30), needed=(), settings=CurationSettings()
    )
    more = surplus_forms(
        items(view=80, advice=35, reason=30), needed=(), settings=CurationSettings()
    )

    assert set(more) < set(few)
