"""What shares where it comes from is one family; when in doubt two belong together."""

from hypothesis import given
from hypothesis import strategies as st

from evaluate.scenarios.drafts import a_draft
from lorewright.evaluate.scenarios import families_of

RUN = "when the market drops you keep your monthly payment and buy more shares each time"


def test_the_same_source_or_topic_is_one_family_all_through() -> None:
    drafts = [
        a_draft("a", source="talk", topic="debt"),
        a_draft("b", source="talk", topic="house"),
        a_draft("c", topic="house"),
        a_draft("d", topic="tax"),
        a_draft("e"),
    ]

    assert families_of(drafts) == ["source:talk"] * 3 + ["topic:tax", "e"]


def test_a_family_that_is_named_holds_whatever_the_topic() -> None:
    drafts = [a_draft("a", family="one", topic="debt"), a_draft("b", family="two", topic="debt")]

    assert families_of(drafts) == ["one", "two"]


def test_without_source_and_topic_the_same_persona_and_arc_are_one() -> None:
    drafts = [
        a_draft("a", persona="p", emotional_arc="x"),
        a_draft("b", persona="p", emotional_arc="x"),
        a_draft("c", persona="p", emotional_arc="y"),
        a_draft("d", persona="p"),
    ]

    assert families_of(drafts) == ["cell:p/x", "cell:p/x", "cell:p/y", "d"]


def test_thirteen_words_in_common_join_even_named_families() -> None:
    drafts = [
        a_draft("a", f"My aunt says {RUN}, always.", family="second"),
        a_draft("b", f"They wrote: {RUN}!", family="first"),
        a_draft("c", RUN.rsplit(" ", 4)[0], family="third"),
    ]

    assert families_of(drafts) == ["first", "first", "third"]


@given(st.lists(st.tuples(st.sampled_from("ab-"), st.sampled_from("xyz-")), max_size=12))
def test_two_that_share_a_source_or_topic_are_never_in_two_families(
    said: list[tuple[str, str]],
) -> None:
    drafts = [
        a_draft(f"s{at}", source=None if one == "-" else one, topic=None if two == "-" else two)
        for at, (one, two) in enumerate(said)
    ]
    families = families_of(drafts)

    for one, family in zip(drafts, families, strict=True):
        for other, its_family in zip(drafts, families, strict=True):
            shares = (one.source and one.source == other.source) or (
                one.topic and one.topic == other.topic
            )
            assert not shares or family == its_family
