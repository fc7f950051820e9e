"""Within a set every id and every wording stands once."""

from evaluate.scenarios.drafts import a_draft
from lorewright.evaluate.scenarios import without_repeats


def test_the_first_of_an_id_and_of_a_wording_stays() -> None:
    sifted = without_repeats(
        [
            a_draft("a", "Will it last?", number=1),
            a_draft("a", "Another question.", number=2),
            a_draft("b", "will it LAST", number=3),
            a_draft("c", "Will it last?", "And then?", number=4),
        ]
    )

    assert [one.number for one in sifted.drafts] == [1, 4]
    assert [(one.number, one.reason) for one in sifted.repeated] == [
        (2, "same_id"),
        (3, "repeated"),
    ]
