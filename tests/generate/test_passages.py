"""Passages that keep to their topic, end before an example, and topics that people ask about."""

import pytest

from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.forms.claim import claim
from lorewright.generate.extractive.forms.condition import condition
from lorewright.generate.extractive.forms.section import about_heading
from lorewright.generate.extractive.gates import answer_fault
from lorewright.generate.extractive.orders import duty
from lorewright.generate.extractive.passages import Passage, sentences_of
from lorewright.generate.extractive.sound import settled
from lorewright.generate.extractive.theme import keeps_to
from lorewright.generate.extractive.tokens import tokens
from lorewright.generate.extractive.topics import topic_of


def a_passage(text: str) -> Passage:
    return Passage(sentences_of(text, 0, len(text)))


def topic(text: str) -> str | None:
    found = topic_of(a_passage(text), Context(text, "Ada Ode", ""))
    return found.words if found else None


def headed(heading: str, text: str, *, title: str = "", turn: int = 0) -> list[str]:
    context = Context(text, "Ada Ode", heading, title)
    return [draft.question for draft in about_heading(a_passage(text), context, turn=turn)]


RULE = "Thick walls dry slowly and must be turned every day, or they crack along the seam."


@pytest.mark.parametrize(
    "example",
    [
        "For instance, a jar of mine stood in the yard for a week.",
        "I once knew a potter who forgot a jar.",
        "Suppose that a jar stands in the sun.",
        "A gentleman came to my shop with a broken jar.",
    ],
)
def test_a_passage_ends_before_an_example_begins(example: str) -> None:
    short = settled(a_passage(f"{RULE} {example} It was lost."))

    assert short is not None
    assert [sentence.text for sentence in short.sentences] == [RULE]


@pytest.mark.parametrize(
    "text",
    [
        "“Wait for the frost,” say the old hands, and they close the lid for another night.",
        "A gentleman sold a cracked jar to a farmer, and the farmer brought it back in a week.",
        "Why should anybody wash a brush in cold water before the glaze has set?",
    ],
)
def test_a_tale_a_speech_and_a_question_answer_nothing(text: str) -> None:
    assert settled(a_passage(text)) is None


def test_a_passage_keeps_to_its_topic_while_names_or_pronouns_go_on_about_it() -> None:
    told = "Wood ash melts early. It flows over the shelf. Wet ash is worse than any other flux."
    lost = "Wood ash melts early. Farmers sell hay and straw at the autumn market in every town."

    assert keeps_to(a_passage(told), "wood ash")
    assert not keeps_to(a_passage(lost), "wood ash")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("A wet wall must be left alone for a week.", "wet walls"),
        ("In a cold cellar, wet clay is good for a year.", "wet clay"),
        ("The edge of the shelf breaks under a heavy jar.", None),
        ("Celadon, as Brandt says, is the hardest of all glazes.", None),
        ("The blue lid cracks in a hard frost.", None),
    ],
)
def test_a_topic_is_a_phrase_that_people_ask_about(text: str, asked: str | None) -> None:
    assert topic(text) == asked


def test_a_heading_is_asked_about_where_the_passage_takes_up_its_words() -> None:
    ash = "Ash should be washed three times, since the lye in it burns the hands and eats brushes; "
    ash += "wash it out of doors."

    assert len(headed("Washing ash", ash)) >= 1
    assert headed("Storing glaze", ash) == []


@pytest.mark.parametrize("heading", ["Nor ash in the house", "This is no ash", "On ash"])
def test_a_heading_that_leans_or_is_the_title_is_not_asked_about(heading: str) -> None:
    ash = "Ash should be washed three times in the house, since the lye in it burns the hands and "
    ash += "eats the brushes of whoever is no friend of gloves."

    assert headed(heading, ash, title="On ash") == []


def test_a_second_passage_under_a_heading_is_asked_in_other_words() -> None:
    ash = "Ash should be washed three times, since the lye in it burns the hands and eats brushes; "
    ash += "wash it out of doors."

    first, second = headed("Washing ash", ash), headed("Washing ash", ash, turn=1)

    assert second
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("sentence", "deed", "is_negative"),
    [
        ("Every nurse ought to wash her hands at noon.", "wash her hands at noon", False),
        (
            "Young men should never borrow tools from strangers.",
            "borrow tools from strangers",
            True,
        ),
    ],
)
def test_a_duty_of_people_is_read_as_an_order(
    sentence: str,
    deed: str,
    is_negative: bool,  # noqa: FBT001
) -> None:
    found = duty(tokens(sentence, 0, len(sentence)))

    assert found is not None
    assert " ".join(token.text for token in found.phrase) == deed
    assert found.is_negative is is_negative


def test_the_duty_of_a_thing_is_no_order() -> None:
    sentence = "The lid should rest on three stones."

    assert duty(tokens(sentence, 0, len(sentence))) is None


def test_a_short_claim_that_is_unfolded_asks_about_the_idea() -> None:
    text = "A thin wall is drier than any other part of a pot. It will lose its water through "
    text += "both faces, and it must be covered with a damp cloth for the first night."
    (draft,) = claim(a_passage(text), Context(text, "Ada Ode", ""))

    assert draft.question.endswith(
        "the idea that a thin wall is drier than any other part of a pot?"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Thousands of potters lose a kiln every winter, and they lose it to frost.",
        "The separate portions of the clay dry at their own pace, and they crack for it.",
        "The happy medium is hard to find, and it is found by nobody in a year.",
    ],
)
def test_a_quantity_a_part_and_a_medium_are_no_topics(text: str) -> None:
    assert topic(text) is None


def test_an_answer_that_points_at_a_class_told_before_is_refused() -> None:
    fault = answer_fault(
        "The trouble is that this class of potters never learns to wait.", least=6, most=180
    )

    assert fault is not None
    assert fault.reason == "dangling_start"


def test_a_case_that_breaks_off_at_its_verb_is_not_asked() -> None:
    text = "If you do not pay, you should leave the kiln alone. The kiln belongs to the guild."

    assert list(condition(a_passage(text), Context(text, "Ada Ode", ""))) == []
