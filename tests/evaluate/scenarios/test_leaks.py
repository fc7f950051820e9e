"""One leak among a hundred scenarios is found every time, of every kind, and nothing else is."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_document, a_source
from evaluate.scenarios.drafts import a_candidate, apart
from lorewright.evaluate.scenarios import find_leaks, groups_of, section_group
from lorewright.measures import Held
from lorewright.records import Scenario

HELD_OUT = [a_candidate(number) for number in range(100)]
TRAINED = [
    Held(f"example:{number}", (apart(1_000 + number), apart(2_000 + number)), (f"named:t{number}",))
    for number in range(60)
]


def as_it_is(scenario: Scenario) -> Held:
    return Held("example:leak", ("Something else.", scenario.messages[0]))


def within_an_answer(scenario: Scenario) -> Held:
    run = " ".join(scenario.messages[0].split()[2:16])
    return Held("example:leak", (f"Somebody once wrote to me {run} and I told them so",))


def in_pieces(scenario: Scenario) -> Held:
    """Runs of eight words with others between them, so that none of thirteen is left."""
    words = scenario.messages[0].split()
    return Held("example:leak", (f"{' '.join(words[:9])} or so {' '.join(words[10:])}",))


def in_other_case(scenario: Scenario) -> Held:
    return Held("example:leak", (f"«{scenario.messages[0].upper()}»",))


def by_its_conversation(scenario: Scenario) -> Held:
    return Held("example:leak", ("Other words.",), (f"named:{scenario.scenario_id}",))


def by_its_family(scenario: Scenario) -> Held:
    return Held("example:leak", ("Other words.",), (f"named:{scenario.family}",))


LEAKS = (
    as_it_is, within_an_answer, in_pieces, in_other_case, by_its_conversation, by_its_family,
)  # fmt: skip


def test_what_was_written_apart_does_not_leak() -> None:
    assert find_leaks(HELD_OUT, TRAINED) == ()


@pytest.mark.parametrize("leak", LEAKS)
def test_every_one_of_a_hundred_is_found_and_no_other(leak: Callable[[Scenario], Held]) -> None:
    """Likeness is left out where words or groups give it away: that is quicker, and stricter."""
    for at, scenario in enumerate(HELD_OUT):
        planted = [*TRAINED[: at % 60], leak(scenario), *TRAINED[at % 60 :]]
        found = find_leaks(HELD_OUT, planted, compare_likeness=False)

        assert {one.held_out for one in found} == {scenario.scenario_id}
        assert {one.trained for one in found} == {"example:leak"}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 99), st.sampled_from(LEAKS), st.integers(0, 60))
def test_likeness_adds_no_false_alarm(
    at: int, leak: Callable[[Scenario], Held], place: int
) -> None:
    planted = [*TRAINED[:place], leak(HELD_OUT[at]), *TRAINED[place:]]

    assert {one.held_out for one in find_leaks(HELD_OUT, planted)} == {HELD_OUT[at].scenario_id}


def test_small_changes_in_every_run_are_alike() -> None:
    scenario = a_candidate(7)
    words = scenario.messages[0].split()
    told = " ".join(f"{word}s" if at % 6 == 3 else word for at, word in enumerate(words))

    assert find_leaks([scenario], [Held("example:1", (told,))], compare_likeness=False) == ()
    (leak,) = find_leaks([scenario], [Held("example:1", (told,))])
    assert leak.rule == "alike"


def test_what_raters_are_told_is_no_leak() -> None:
    scenario = a_candidate(1, situation=apart(500))

    assert find_leaks([scenario], [Held("example:1", (apart(500),))]) == ()


def test_a_scenario_belongs_to_its_section_or_to_all_that_it_was_made_from() -> None:
    document, source = a_document(), a_source()
    place = section_group(document.ref.id, 12)
    about_section = a_candidate(1, family=place, made_from=(document.ref,))
    imported = a_candidate(2, family="source:talk-3", made_from=(source.ref,))
    about_topic = a_candidate(3, family="topic:debt", made_from=(document.ref,))

    assert groups_of(about_section) == (place, "named:s-001")
    assert groups_of(imported) == ("named:s-002", "named:talk-3", str(source.ref))
    assert groups_of(about_topic) == ("named:s-003", str(document.ref))
