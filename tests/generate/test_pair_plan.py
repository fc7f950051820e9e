"""Orders are for what is missing, and for nothing else."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generate.planning import a_subject, a_target, carried_out, name, subjects, targets
from lorewright.generate.pairs import (
    Order,
    Subject,
    Target,
    TaskForm,
    Want,
    Written,
    forms_about,
    plan,
    promised,
    quotas,
)
from lorewright.generate.pairs.forms import forms, forms_of, harder_question
from lorewright.generate.pairs.quotas import spread
from lorewright.records import ChunkType

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def wanted(orders: list[Order]) -> int:
    return sum(len(order.wants) for order in orders)


def all_written(orders: list[Order], chunks: list[Subject]) -> list[Written]:
    by_chunk = {one.chunk: one for one in chunks}
    return [one for order in orders for one in carried_out(order, by_chunk[order.chunks[0]])]


@QUICK
@given(subjects(most=6), targets())
def test_the_first_plan_orders_every_pair_of_the_target(
    chunks: list[Subject], target: Target
) -> None:
    orders = plan(chunks, [], target)

    by_place = Counter[tuple[str, int]]()
    for order in orders:
        by_place[order.chunks[0], order.level] += len(order.wants)
    shares = quotas(chunks, target)
    assert by_place == Counter(
        {
            (one.chunk, level): count
            for one, share in zip(chunks, shares, strict=True)
            for level, count in share.items()
        }
    )


@QUICK
@given(subjects(most=6), targets())
def test_when_all_orders_are_carried_out_nothing_is_missing(
    chunks: list[Subject], target: Target
) -> None:
    written: list[Written] = []
    for number in range(3):
        written += all_written(plan(chunks, written, target, draw=number), chunks)

    assert plan(chunks, written, target) == []


@QUICK
@given(subjects(most=6), targets(), st.randoms(use_true_random=False))
def test_only_what_is_missing_is_ordered_again(
    chunks: list[Subject], target: Target, random: Random
) -> None:
    first = all_written(plan(chunks, [], target), chunks)
    written = [one for one in first if random.random() < 0.6]

    again = plan(chunks, written, target)

    done = Counter((one.chunks[0], one.level) for one in written)
    ordered = Counter[tuple[str, int]]()
    for order in again:
        ordered[order.chunks[0], order.level] += len(order.wants)
    for one, share in zip(chunks, quotas(chunks, target), strict=True):
        owed = any(
            len(forms_about(place, written)) < target.settings.forms_per_fact
            for place in promised(one, share.total(), target)
        )
        for level in target.levels:
            missing = share[level] - done[one.chunk, level]
            assert ordered[one.chunk, level] >= missing
            assert owed or ordered[one.chunk, level] == max(0, missing)


@QUICK
@given(subjects(most=6), targets())
def test_every_promised_fact_is_asked_about_in_as_many_forms_as_are_wanted(
    chunks: list[Subject], target: Target
) -> None:
    written = all_written(plan(chunks, [], target), chunks)
    written += all_written(plan(chunks, written, target, draw=1), chunks)

    for one, share in zip(chunks, quotas(chunks, target), strict=True):
        for place in promised(one, share.total(), target):
            assert len(forms_about(place, written)) >= target.settings.forms_per_fact


@QUICK
@given(subjects(most=6), targets())
def test_no_task_form_is_asked_for_in_more_than_its_share(
    chunks: list[Subject], target: Target
) -> None:
    orders = plan(chunks, [], target)

    total = wanted(orders)
    used = Counter(want.form for order in orders for want in order.wants)
    assert max(used.values(), default=0) <= max(1, target.settings.max_form_share * total)


@QUICK
@given(subjects(most=6), targets())
def test_orders_keep_to_the_size_of_a_call_and_to_the_forms_of_their_level(
    chunks: list[Subject], target: Target
) -> None:
    for order in plan(chunks, [], target):
        assert 1 <= len(order.wants) <= target.settings.pairs_per_call
        assert order.follow_ups <= len(order.wants)
        assert {want.form for want in order.wants} <= set(forms_of(order.level))
        assert len(order.chunks) >= 2 if order.level == 3 else True


@QUICK
@given(st.integers(1, 40), st.integers(1, 15))
def test_levels_come_as_near_to_their_shares_as_whole_numbers_can(count: int, each: int) -> None:
    chunks = [a_subject(number, characters=100 * each, facts=0) for number in range(count)]
    target = a_target(levels=(1, 2, 3, 4))

    given_ = sum(quotas(chunks, target), Counter[int]())

    for level, share in target.shares.items():
        assert abs(given_[level] - given_.total() * share / 10) < 2


@QUICK
@given(st.integers(0, 300), st.lists(st.integers(0, 20), max_size=20))
def test_dealing_out_gives_all_that_there_is_room_for(count: int, most: list[int]) -> None:
    dealt = spread(count, most)

    assert sum(dealt) == min(count, sum(most))
    assert all(got <= room for got, room in zip(dealt, most, strict=True))


def test_twenty_chunks_are_asked_for_two_hundred_pairs() -> None:
    chunks = [a_subject(number) for number in range(20)]

    assert wanted(plan(chunks, [], a_target())) == 200


def test_a_total_is_spread_evenly_over_the_chunks() -> None:
    chunks = [a_subject(number) for number in range(20)]

    sizes = Counter(
        {
            one.chunk: share.total()
            for one, share in zip(chunks, quotas(chunks, a_target(total=130)), strict=True)
        }
    )

    assert sizes.total() == 130
    assert set(sizes.values()) == {6, 7}


def test_a_chunk_without_another_beside_it_is_not_asked_for_level_three() -> None:
    alone = [a_subject(number, companions=0) for number in range(4)]

    assert {order.level for order in plan(alone, [], a_target())} == {1, 2}
    assert plan(alone, [], a_target(levels=(3,))) == []


def test_a_short_chunk_with_a_fact_is_still_asked_about_it_in_five_forms() -> None:
    short = a_subject(characters=149, facts=1)

    (order,) = plan([short], [], a_target(levels=(1,)))

    assert len({want.form for want in order.wants}) == 5
    assert {want.fact for want in order.wants} == {short.facts[0].fact}


def test_a_question_that_came_twice_counts_once() -> None:
    chunks = [a_subject()]
    written = all_written(plan(chunks, [], a_target()), chunks)
    twice = [*written[:-1], replace(written[-1], question=written[0].question)]

    assert wanted(plan(chunks, twice, a_target())) >= 1


def test_a_fact_that_the_teacher_keeps_missing_costs_a_quarter_more_at_most() -> None:
    chunks, target = [a_subject()], a_target()
    aside = [replace(chunks[0], facts=())]
    written: list[Written] = []

    for number in range(6):
        orders = plan(chunks, written, target, draw=number)
        without = [replace(one, wants=tuple(Want(w.form) for w in one.wants)) for one in orders]
        written += all_written(without, aside)

    assert len(written) == 12
    assert plan(chunks, written, target) == []


def test_a_form_that_is_not_wanted_is_not_asked_for() -> None:
    target = replace(a_target(levels=(1,)), avoid=frozenset({TaskForm.QUIZ, TaskForm.DEFINE}))

    orders = plan([a_subject(number) for number in range(20)], [], target)

    assert target.avoid.isdisjoint(want.form for order in orders for want in order.wants)


def test_the_same_chunks_are_planned_the_same_way_and_a_later_round_differs() -> None:
    chunks = [a_subject(number) for number in range(5)]
    first, again = (plan(chunks, [], a_target()) for _ in range(2))

    assert [one.name for one in first] == [one.name for one in again]
    assert len({one.ref for one in first}) == len(first)
    later = plan(chunks, [], a_target(), draw=1)
    assert {one.ref for one in first}.isdisjoint(one.ref for one in later)


def test_conversations_that_go_on_are_spread_over_the_orders() -> None:
    orders = plan([a_subject(number) for number in range(20)], [], a_target())

    assert sum(order.follow_ups for order in orders) == 60


def test_the_questions_asked_before_are_named_in_a_later_order() -> None:
    chunks = [a_subject()]
    (first, *_) = written = all_written(plan(chunks, [], a_target()), chunks)

    again = plan(chunks, written[:1], a_target())

    assert all(order.asked == (first.example,) for order in again)


@QUICK
@given(subjects(most=4), targets())
def test_an_order_is_read_from_its_name(chunks: list[Subject], target: Target) -> None:
    for order in plan(chunks, [], target):
        assert Order.read(order.name) == order
        assert Order.read(order.name).ref == order.ref


@QUICK
@given(st.integers(2, 12), st.integers(0, 12))
def test_two_halves_bring_what_the_whole_does(count: int, follow_ups: int) -> None:
    wants = tuple(Want(form) for form in list(TaskForm)[:count])
    whole = Order(
        document=name("document"),
        chunks=(name("chunk"),),
        level=1,
        wants=wants,
        follow_ups=min(count, follow_ups),
    )

    one, other = whole.halves()

    assert one.wants + other.wants == wants
    assert one.follow_ups + other.follow_ups == whole.follow_ups
    assert one.wants
    assert other.wants


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_level_has_more_forms_than_a_fact_needs(level: int) -> None:
    assert len(forms_of(level)) >= 7


def test_every_form_and_every_type_of_chunk_is_explained_to_the_teacher() -> None:
    assert set(forms()) == set(TaskForm)
    assert all(harder_question(kind) for kind in ChunkType)
    assert {kind for form in forms().values() for kind in form.suits} == set(ChunkType)
