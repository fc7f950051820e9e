"""The best stay: by score, by share, of every sort and from every section."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from math import ceil
from typing import Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_judgement, some_knowledge
from curate.builders import a_document, an_example, documents_of
from lorewright.curate import Opinions, curate
from lorewright.curate.item import Item
from lorewright.curate.selection import not_among_best, not_good_enough
from lorewright.lineage import Ref
from lorewright.records import Example, Judgement, Level
from lorewright.settings import CurationSettings

SOME = an_example("What is said of oats?", "Of oats it is said that they are good for you.")


class Rated(NamedTuple):
    """An example as the selection sees it."""

    form: str
    level: Level
    section: str
    score: int


rated = st.lists(
    st.builds(
        Rated,
        st.sampled_from(["advice", "reason", "definition"]),
        st.sampled_from([Level.CHUNK_PURE, Level.DOMAIN_EXPERT]),
        st.sampled_from(["a", "b", "c", "d"]),
        st.integers(1, 10),
    ),
    max_size=30,
)
shares = st.decimals(Decimal("0.05"), 1, places=2)


@cache
def rated_with(score: int) -> Judgement:
    return a_judgement(score=score)


def an_item(number: int, one: Rated) -> Item:
    name = Ref("example", f"{number:064x}")
    return Item(name, ("What?",), ("That.",), one.form, one.level, ())


def kept_of(found: list[Rated], share: Decimal) -> tuple[list[Rated], list[Rated]]:
    items = {an_item(number, one): one for number, one in enumerate(found)}
    dropped = not_among_best(
        list(items),
        {item.name: rated_with(one.score) for item, one in items.items()},
        CurationSettings(keep_share=share),
        sections=lambda item: {items[item].section},
    )
    kept = [one for item, one in items.items() if item.name not in dropped]
    return kept, [one for item, one in items.items() if item.name in dropped]


@given(rated, shares)
def test_no_level_no_form_and_no_section_is_emptied(found: list[Rated], share: Decimal) -> None:
    kept, dropped = kept_of(found, share)

    assert len(kept) + len(dropped) == len(found)
    assert {(one.level, one.form) for one in kept} == {(one.level, one.form) for one in found}
    assert {one.section for one in kept} == {one.section for one in found}


@given(rated, shares)
def test_of_every_sort_the_share_is_kept_and_the_rest_are_no_better(
    found: list[Rated], share: Decimal
) -> None:
    kept, dropped = kept_of(found, share)
    by_sort: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for one in found:
        by_sort[one.level, one.form].append(one.score)

    for (level, form), scores in by_sort.items():
        ours = [one.score for one in kept if (one.level, one.form) == (level, form)]
        asked = ceil(share * len(scores))
        best = sorted(scores, reverse=True)[:asked]
        assert len(ours) >= asked
        assert sorted(ours, reverse=True)[:asked] == best
        assert all(
            one.score <= best[-1] for one in dropped if (one.level, one.form) == (level, form)
        )


@given(rated)
def test_the_whole_share_keeps_everything(found: list[Rated]) -> None:
    assert kept_of(found, Decimal(1)) == (found, [])


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        ({"groundedness": 7}, "groundedness is 7 of 10"),
        ({"voice": 4, "clarity": 7}, "mean of its ratings is 7.60"),
        ({"groundedness": 8}, None),
        ({"groundedness": None, "voice": None}, None),
    ],
)
def test_the_least_score_holds_for_the_mean_and_for_groundedness(
    scores: dict[str, int | None], says: str | None
) -> None:
    item = an_item(1, Rated("advice", Level.CHUNK_PURE, "a", 9))
    judgement = a_judgement(scores=scores, score=9)

    found = not_good_enough(
        [item], {item.name: judgement}, CurationSettings(least_score=Decimal(8))
    )

    assert bool(found) == bool(says)
    assert says is None or says in found[item.name].detail


def judged(*examples: Example, scores: list[int]) -> Mapping[Ref, Judgement]:
    return {
        example.ref: a_judgement(example, score=score)
        for example, score in zip(examples, scores, strict=True)
    }


def test_what_nobody_judged_enters_unless_a_rating_is_asked_for() -> None:
    chosen = CurationSettings(keep_share=Decimal("0.5"))

    free = curate([SOME], documents={}, settings=CurationSettings())
    strict = curate([SOME], documents={}, settings=chosen)

    assert free.accepted == 1
    assert strict.rejected_by_reason == {"not_judged": 1}


def test_without_a_score_or_a_share_in_the_settings_ratings_change_nothing() -> None:
    settings = CurationSettings()

    found = curate(
        [SOME],
        documents={},
        settings=settings,
        opinions=Opinions(judgements=judged(SOME, scores=[1])),
    )

    assert found.accepted == 1


def sown(thing: str) -> str:
    return f"{thing.title()} is sown in spring."


def reaped(thing: str) -> str:
    return f"Nobody harvests {thing} in winter."


def test_each_section_of_a_document_keeps_its_best_and_the_rest_is_counted() -> None:
    things = ("oats", "barley", "millet", "rye")
    document = a_document(
        "# Grain\n\n"
        + "\n\n".join(f"## Of {thing}\n\n{sown(thing)} {reaped(thing)}" for thing in things)
    )
    examples = [
        example
        for thing in things
        for example in (
            an_example(
                f"When does one sow {thing}?", f"{thing.title()} is sown in spring.", document
            ),
            an_example(f"Who reaps {thing}?", f"Nobody harvests {thing} in winter.", document),
        )
    ]
    settings = CurationSettings(
        keep_share=Decimal("0.25"), transfer_share=Decimal(0), valid_share=Decimal(0)
    )

    found = curate(
        examples,
        documents=documents_of(document),
        settings=settings,
        opinions=Opinions(judgements=judged(*examples, scores=[9, 8, 3, 9, 2, 1, 4, 5])),
    )

    assert set(found.splits) == {examples[at].ref for at in (0, 3, 4, 7)}
    assert found.rejected_by_reason == {"not_among_best": 4}
    assert "not among the best 25% of 8" in found.turned_down[examples[1].ref].detail
    assert found.requested == len(examples)


@pytest.mark.parametrize(
    ("teach", "kept"),
    [(None, {0, 1, 2, 3}), ("not_known", {1, 2}), ("unknown", {1})],
)
def test_what_the_base_model_knows_is_left_out_as_far_as_the_settings_say(
    teach: Literal["not_known", "unknown"] | None, kept: set[int]
) -> None:
    things = ("oats", "barley", "millet", "rye")
    examples = [an_example(f"What is {one} for?", f"Who eats {one} sleeps well.") for one in things]
    known, unknown, partly, _not_asked = examples
    knowledge = {
        known.ref: some_knowledge(known, right=3),
        unknown.ref: some_knowledge(unknown, right=0),
        partly.ref: some_knowledge(partly, right=1),
    }

    found = curate(
        examples,
        documents={},
        settings=CurationSettings(teach=teach),
        opinions=Opinions(knowledge=knowledge),
    )

    lost = {"not_asked": 1, "known_already": 3 - len(kept)} if teach else {}
    assert set(found.splits) == {examples[at].ref for at in kept}
    assert found.rejected_by_reason == lost
    if teach:
        assert found.turned_down[known.ref].detail.endswith("right in 3 of 3 answers")
