"""What is found by looking at the words alone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.records import Split
from lorewright.train import Line
from lorewright.train.preflight import Severity
from train.preflight.proposals import a_proposal, a_talk, found, names, talks, the

LONG = "Keep six months of rent aside before you put a single coin into anything that may fall."


def test_a_clean_set_is_found_clean() -> None:
    assert names(found(a_proposal())) == set()


def test_a_history_that_ends_with_the_question_that_follows_is_found() -> None:
    doubled = a_talk("example:d", "u How often?", "a Once.", "u When?", "u  when", "a In May.")

    finding = the("doubled-user-turn", found(a_proposal(*talks(80), doubled)))

    assert (finding.is_blocker, finding.count, finding.where) == (True, 1, ("example:d, turn 4",))
    assert "in 1 of them with the same words" in finding.sentence


def test_two_questions_in_a_row_are_found_though_they_differ() -> None:
    two = a_talk("example:two", "u How often?", "u And when?", "a Once, in May.")

    finding = the("doubled-user-turn", found(a_proposal(*talks(80), two)))

    assert "in 0 of them with the same words" in finding.sentence


@pytest.mark.parametrize(
    ("turns", "place"),
    [
        (("a Hello.", "u How often?", "a Once."), 1),
        (("u How often?", "s Be brief.", "a Once."), 2),
        (("u How often?", "a Once.", "a A year."), 3),
        (("s Be brief.", "a Once."), 2),
        (("u How often?", "a Once.", "u When?"), 3),
    ],
)
def test_roles_in_a_wrong_order_are_found(turns: tuple[str, ...], place: int) -> None:
    finding = the("role-order", found(a_proposal(*talks(80), a_talk("example:r", *turns))))

    assert finding.where == (f"example:r, turn {place}",)


@given(
    st.lists(
        st.sampled_from([("u q", "a r"), ("u q", "a r", "u q", "a r")]), min_size=1, max_size=4
    ),
    st.sampled_from([[], ["s Be brief."]]),
)
def test_turns_that_alternate_are_never_out_of_order(
    exchanges: list[tuple[str, ...]], system: list[str]
) -> None:
    turns = [
        *system,
        *(turn for one in exchanges for turn in one),
    ]

    assert not names(found(a_proposal(*talks(80), a_talk("example:x", *turns)))) & {
        "role-order",
        "doubled-user-turn",
    }


def test_an_answer_that_says_nothing_is_found() -> None:
    empty = a_talk("example:e", "u How often?", "a ...")

    assert the("answer-empty", found(a_proposal(*talks(80), empty))).where == ("example:e",)


def test_only_some_places_are_named_and_all_are_counted() -> None:
    bad = [a_talk(f"example:b{n}", f"u Really, {n}?", "a !") for n in range(30)]

    finding = the("answer-empty", found(a_proposal(*talks(80), *bad)))

    assert (finding.count, len(finding.where)) == (30, 5)


def leaks(held_out: Line, split: Split, *train: Line) -> list[str]:
    proposal = a_proposal(*talks(80), *train, held_out={split: [held_out]})
    return [place for one in found(proposal).findings for place in one.where]


@pytest.mark.parametrize("split", [Split.VALID, Split.TRANSFER])
def test_a_held_out_answer_that_is_trained_on_is_a_leak(split: Split) -> None:
    places = leaks(
        a_talk("example:h", "u What comes first of all?", f"a {LONG}"),
        split,
        a_talk("example:t", "u And then?", f"a {LONG.upper()}"),
    )

    assert places == [f"example:h ({split.value}): the same words as in example:t"]


def test_a_run_of_thirteen_words_is_a_leak_and_one_of_twelve_is_not() -> None:
    run = LONG.split()
    held_out = a_talk("example:h", "u What?", f"a First {' '.join(run[:13])} never.")
    long = a_talk("example:t", "u And?", f"a So {' '.join(run[:13])} always.")
    short = a_talk("example:t", "u And?", f"a So {' '.join(run[:12])} always.")

    assert leaks(held_out, Split.VALID, long) == [
        "example:h (valid): a run of 13 words stands in example:t"
    ]
    assert leaks(held_out, Split.VALID, short) == []


def test_a_recall_question_may_ask_anew_for_what_is_taught() -> None:
    taught = a_talk("example:t", "u How much do I keep aside?", f"a {LONG}")
    anew = a_talk("example:h", "u What is the rule about rent again?", f"a {LONG}")
    same = a_talk("example:h", "u How much do I keep aside?", f"a {LONG}")

    assert leaks(anew, Split.RECALL, taught) == []
    assert leaks(same, Split.RECALL, taught) != []


def test_pairs_of_one_conversation_in_two_splits_are_a_leak() -> None:
    opening = ("u I cannot sleep since the letter came.", "a What did the letter say to you?")
    later = (*opening, "u That I must leave by June.", "a Then we write down what June needs.")

    assert leaks(a_talk("example:h", *later), Split.RECALL, a_talk("example:t", *opening)) == [
        "example:h (recall): the same conversation as example:t"
    ]


def test_short_answers_that_are_equal_are_no_leak() -> None:
    assert (
        leaks(a_talk("example:h", "u Now?", "a Yes."), Split.VALID, a_talk("t", "u So?", "a Yes."))
        == []
    )


def test_words_that_the_system_says_everywhere_are_no_leak() -> None:
    system = f"s {LONG}"

    assert (
        leaks(
            a_talk("example:h", system, "u Now?", "a Yes."),
            Split.VALID,
            a_talk("example:t", system, "u Then?", "a No."),
        )
        == []
    )


def test_an_example_that_repeats_another_is_a_warning() -> None:
    again = a_talk("example:again", "u what is rule 1", "a rule 1 ask before you advise")

    finding = the("duplicate-examples", found(a_proposal(*talks(80), again)))

    assert finding.severity is Severity.WARNING
    assert finding.where == ("example:again repeats example:1",)


def test_scores_with_one_value_are_a_warning() -> None:
    flat = [("empathy", Decimal("3.5"))] * 8
    rising = [("quality", Decimal(number)) for number in range(8)]

    finding = the("constant-scores", found(a_proposal(scores=[*flat, *rising])))

    assert finding.where == ("empathy: 3.5 in all 8",)
    assert "1 of 2 scores" in finding.sentence


def test_few_scores_may_be_equal() -> None:
    assert names(found(a_proposal(scores=[("empathy", Decimal(4))] * 3))) == set()
