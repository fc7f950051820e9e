"""Plans of conversations: as many as asked, even, and the same for the same seed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.conversations.catalogues import are_compatible, catalogues
from lorewright.errors import UsageError
from lorewright.generate.conversations import Axis, Filled, PlanChoice, PlanKind, margins, plan

KNOWN = catalogues()


@given(count=st.integers(1, 150), seed=st.integers(0, 50))
def test_a_balanced_plan_has_its_number_even_arcs_and_cells_that_go_together(
    count: int, seed: int
) -> None:
    cells = plan(KNOWN, PlanChoice(count=count, seed=seed))
    arcs = [margins(cells)[Axis.ARC][key] for key in KNOWN.arcs]

    assert len(cells) == count
    assert max(arcs) - min(arcs) <= 1
    assert len({one.conversation_id for one in cells}) == count
    assert all(
        are_compatible(KNOWN.personas[one.persona], KNOWN.arcs[one.arc], KNOWN.topics[one.topic])
        for one in cells
    )


def test_a_seed_decides_a_plan_and_a_longer_one_begins_like_a_shorter_one() -> None:
    short, long = (plan(KNOWN, PlanChoice(count=count)) for count in (60, 90))

    assert plan(KNOWN, PlanChoice(count=60)) == short == long[:60]
    assert plan(KNOWN, PlanChoice(count=60, seed=8)) != short


def test_a_stratified_plan_has_so_many_of_each_arc() -> None:
    choice = PlanChoice(
        kind=PlanKind.STRATIFIED, axis=Axis.ARC, quotas=dict.fromkeys(KNOWN.arcs, 3)
    )

    assert set(margins(plan(KNOWN, choice))[Axis.ARC].values()) == {3}


def test_a_plan_of_gaps_leaves_out_what_there_is() -> None:
    arc, persona, topic = (next(iter(one)) for one in (KNOWN.arcs, KNOWN.personas, KNOWN.topics))
    there = Filled(persona=persona, arc=arc, topic=topic, count=2)
    choice = PlanChoice(
        kind=PlanKind.GAPS, axis=Axis.ARC, quotas=dict.fromkeys(KNOWN.arcs, 2), filled=(there,)
    )

    assert arc not in margins(plan(KNOWN, choice))[Axis.ARC]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (PlanChoice(), "nothing says how many"),
        (PlanChoice(count=1, arcs=("no_such",)), "no arc 'no_such'"),
        (PlanChoice(count=1, consultant="nobody"), "no consultant"),
        (PlanChoice(count=1, kind=PlanKind.STRATIFIED), "how many of each"),
    ],
)
def test_what_cannot_be_planned_is_said(choice: PlanChoice, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        plan(KNOWN, choice)
