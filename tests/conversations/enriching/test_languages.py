"""A turn in another language is told; everything in one language is not."""

import pytest

from conversations.enriching.test_codes import GERMAN
from conversations.talks import a_talk
from lorewright.conversations.enriching.languages import LEAST_WORDS, foreign_turns

TALK = [(turn["role"], turn["content"]) for turn in a_talk()["turns"]]
FINNISH = (
    "Kolme kuukautta tuntuu minusta korkealta vuorelta, sillä kulutamme noin kaksi tuhatta "
    "kuukaudessa, ja lopussa jää harvoin enemmän kuin sata meille kaikille ja lapsille yhteensä "
    "käteen."
)


def replaced(place: int, text: str) -> list[tuple[str, str]]:
    return [*TALK[:place], (TALK[place][0], text), *TALK[place + 1 :]]


def test_one_language_is_no_mixture() -> None:
    assert list(foreign_turns(TALK)) == []
    assert list(foreign_turns([])) == []


@pytest.mark.parametrize("text", [GERMAN, FINNISH])
@pytest.mark.parametrize("place", [0, 3, 6])
def test_a_turn_in_another_language_is_found(text: str, place: int) -> None:
    assert list(foreign_turns([*replaced(place, text), *TALK])) == [place]


def test_a_client_who_speaks_another_language_is_found_in_every_turn() -> None:
    mixed = [(role, GERMAN if role == "user" else text) for role, text in TALK]
    assert list(foreign_turns(mixed)) == [0, 2, 4, 6]


def test_what_is_too_short_has_the_benefit_of_the_doubt() -> None:
    short = " ".join(GERMAN.split()[: LEAST_WORDS - 1])
    assert list(foreign_turns(replaced(2, short))) == []
    assert list(foreign_turns([("user", GERMAN), ("assistant", "Three months, then.")])) == []
