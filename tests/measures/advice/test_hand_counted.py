"""All thirteen metrics agree with answers that were counted by hand."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest

from lorewright.measures.advice import (
    Metric,
    Phrase,
    Setting,
    Signature,
    lexicon,
    measure_advice,
)

SIGNATURE = Signature(
    (Phrase("here's what i want you to", 4.0, 9, 0), Phrase("let's take a breath", 3.0, 5, 0)), 9, 9
)


class Counted(NamedTuple):
    answer: str
    setting: Setting
    values: str
    """In the order of the ids; - where a metric does not apply."""


COUNTED = {
    "nothing at all": Counted("", Setting(), "0 0 0 0 0 0 0 - 0 - - 0 0"),
    "empathy without advice": Counted(
        "I hear how worried and ashamed you feel, Ana. Your feelings are valid. You're not alone. "
        "What would help you most today?",
        Setting("I have so much debt."),
        "2 1 2 22 1 1 0 0 0 - - 0 1",
    ),
    "a plan without empathy": Counted(
        "Here is a plan:\n1. Create a budget.\n2. Pay off the $5,000 card within 6 months.\n"
        "3. Build an emergency fund of 10%.\nYou should also contact your bank.",
        Setting("I owe money on a $5,000 card."),
        "0 0 0 27 0 0 0 0 3 - - 3 1",
    ),
    "two sides of a conflict": Counted(
        "Both of you want security, and both of you deserve to feel heard. Your husband feels "
        "scared, and he wants calm. At the same time, you want freedom. There is a middle path.",
        Setting("My husband and I fight about saving.", is_conflict=True),
        "2 0 0 33 1 0 0 0 0 4 2 0 0",
    ),
    "questions within quotes": Counted(
        "He asked, \"Should I sell?\" What do you think? Really?! She said 'is it safe?' and left.",
        Setting("My brother called."),
        "0 0 0 17 0 2 0 - 0 - 0 0 0",
    ),
    "escaped ends of lines": Counted(
        "I hear you.\\n\\nThis week:\\n- Call the lender.\\n- Then write down what you owe.\\n"
        "Take a breath.",
        Setting("My loan is late."),
        "0 1 0 17 1 0 0 0 0 - - 3 1",
    ),
    "terms with and without a word about them": Counted(
        "Your RSUs vest over four years. An index fund is a basket of many stocks. Consider a Roth "
        "IRA (an account you fund with taxed money). What about probate?",
        Setting("Should I invest?"),
        "0 0 0 29 0 1 0 1 1 - - 1 1",
    ),
    "numbers of all kinds": Counted(
        "Put $250 a month, or 7.5%, aside for 3-6 months. One day you may need two thousand "
        "dollars. That is about five percent of $40k.",
        Setting("I have $250 a month."),
        "0 0 0 26 0 0 0 - 6 - - 1 2",
    ),
    "what somebody else feels": Counted(
        "Perhaps your mother is afraid of losing the house. From her perspective, they want "
        "safety. I know this is hard.",
        Setting("My mom won't sell."),
        "1 1 0 20 1 0 0 - 0 - 3 0 0",
    ),
    "several steps in a sentence": Counted(
        "First, open the letter; then call them. Don't panic - write it down. Would you start "
        "today? Please wait until Friday.",
        Setting(),
        "1 0 0 20 .333 1 0 - 0 - - 5 2",
    ),
    "more validation than counts": Counted(
        "It makes sense. Your fears are valid. You're not alone. There's no shame in asking. That "
        "is completely normal.",
        Setting("money"),
        "2 0 3 19 1 0 0 0 0 - - 0 0",
    ),
    "phrases of the advisor": Counted(
        "Here's what I want you to notice. Let's take a breath. Here\u2019s what I want you to do: "
        "let\u2019s take a breath together.",
        Setting(),
        "0 0 0 23 0 0 4 - 0 - - 0 0",
    ),
    "other scripts and signs": Counted(
        "Tu se\u00f1al: \u00ab\u00bfQu\u00e9 m\u00e1s?\u00bb \u2013 \u00c7a va? "
        "\uff28\uff4f\uff57\u3000\uff41\uff52\uff45\u3000\uff59\uff4f\uff55\uff1f "
        "I\u2019m so glad you wrote.",
        Setting(),
        "1 0 0 14 0 2 0 - 0 - - 0 0",
    ),
}


@pytest.mark.parametrize("name", COUNTED)
def test_all_metrics_are_those_counted_by_hand(name: str) -> None:
    answer, setting, values = COUNTED[name]

    measured = measure_advice(answer, setting, known=lexicon(), signature=SIGNATURE)

    assert shown({metric: one.value for metric, one in measured.values.items()}) == shown(
        {
            metric: None if value == "-" else float(value)
            for metric, value in zip(Metric, values.split(), strict=True)
        }
    )


def test_what_does_not_apply_has_a_reason_and_what_does_has_none() -> None:
    for answer, setting, _ in COUNTED.values():
        measured = measure_advice(answer, setting, known=lexicon())

        assert all((one.value is None) == bool(one.why_not) for one in measured.values.values())
        assert measured.values[Metric.SIGNATURE].why_not


def test_numbers_from_nowhere_are_told_apart() -> None:
    answer, setting, _ = COUNTED["numbers of all kinds"]

    measured = measure_advice(answer, setting, known=lexicon())
    with_source = Setting(setting.prompt, sources=("Keep three to six months; 5 % of 40,000.",))

    assert measured.ungrounded == (
        "7.5%",
        "3-6 months",
        "two thousand dollars",
        "five percent",
        "$40k",
    )
    assert measure_advice(answer, with_source, known=lexicon()).ungrounded == (
        "7.5%",
        "two thousand dollars",
    )
    assert measure_advice(answer, known=lexicon()).ungrounded is None


def test_labelled_emotions_match_by_their_lemma_or_by_themselves() -> None:
    setting = Setting(emotions=("anxiety", "Overwhelm", "wistful", "anger"))

    measured = measure_advice(
        "You sound anxious, overwhelmed, even wistful.", setting, known=lexicon()
    )

    assert measured.emotions_matched == 0.75
    assert measure_advice("You sound anxious.", known=lexicon()).emotions_matched is None


def shown(values: Mapping[Metric, float | None]) -> dict[str, str]:
    return {metric: "-" if value is None else f"{value:.3f}" for metric, value in values.items()}
