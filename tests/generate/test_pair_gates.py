"""What a question with its answer must be, whoever wrote it."""

from pathlib import Path

import pytest

from builders import a_document
from lorewright.generate.pairs.gates import Exchange, Gates
from lorewright.generate.pairs.language import is_in_the_language_of
from lorewright.generate.pairs.phrases import boilerplate, mention
from lorewright.llms import load_prompt
from lorewright.records import Document
from lorewright.samples import __file__ as samples
from lorewright.settings import PairSettings

HANDBOOK = Path(samples).with_name("handbook.md").read_text(encoding="utf-8")
QUESTION = "How often should the oil of a pump be looked at?"
ANSWER = "Look at the oil of every pump once a week, since one that runs dry is soon ruined."
GERMAN = (
    "Das Öl einer jeden Pumpe soll man einmal in der Woche prüfen, denn eine Pumpe, die trocken "
    "läuft, ist nach wenigen Minuten nicht mehr zu gebrauchen."
)
PROMPT = load_prompt("generate/chunk_pure").text


def fault(
    question: str = QUESTION,
    answer: str = ANSWER,
    *,
    document: Document | None = None,
    asked: tuple[str, ...] = (),
    **settings: int,
) -> str | None:
    gates = Gates(
        document or a_document(),
        PairSettings.model_validate(settings),
        templates=[PROMPT],
        asked=asked,
    )
    found = gates.fault_of(Exchange(question, answer))
    return found.reason if found else None


def test_a_good_pair_passes() -> None:
    assert fault() is None


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("Oil?", ANSWER, "no_question"),
        (QUESTION, " … ", "no_answer"),
        (QUESTION, "Once a week.", "too_short"),
        (QUESTION, "word " * 301, "too_long"),
        (QUESTION, f"As an AI, I would say this. {ANSWER}", "assistant_talk"),
        (QUESTION, f"I'm sorry, but that is hard. {ANSWER}", "assistant_talk"),
        ("What does the passage say about the oil?", ANSWER, "speaks_of_the_source"),
        (QUESTION, f"According to the text, it is so. {ANSWER}", "speaks_of_the_source"),
        (QUESTION, f"As Passage 2 has it: {ANSWER}", "speaks_of_the_source"),
        ("Was steht in diesem Abschnitt über das Öl?", ANSWER, "speaks_of_the_source"),
        (f"Is it right that one should {ANSWER}", ANSWER, "answer_given_away"),
        (QUESTION, f"{ANSWER} See https://example.org/oil for more.", "unknown_address"),
    ],
)
def test_a_pair_is_turned_down_for(question: str, answer: str, reason: str) -> None:
    assert fault(question, answer) == reason


def test_words_of_the_prompt_are_no_answer() -> None:
    instruction = next(line for line in PROMPT.splitlines() if line.startswith("- The adviser"))

    assert fault(answer=f"Think of it so: {instruction[2:120]}") == "prompt_leaked"


def test_a_question_is_asked_once_however_it_is_written() -> None:
    assert fault("how often should the oil of a pump be looked at", asked=(QUESTION,)) == (
        "duplicate_question"
    )


def test_an_address_that_stands_in_the_source_may_be_given() -> None:
    document = a_document("Read https://example.org/oil, which has it all. " * 3)

    answer = "Everything about the oil of pumps is found at https://example.org/oil."
    assert fault(answer=answer, document=document) is None


def test_the_bounds_of_an_answer_are_settings() -> None:
    assert fault(answer="Once a week, no less.", min_answer_words=3) is None
    assert fault(max_answer_words=10) == "too_long"


def test_an_answer_in_another_language_than_its_document_is_turned_down() -> None:
    handbook = a_document(HANDBOOK)

    assert fault(answer=GERMAN, document=handbook) == "other_language"
    assert fault(answer=ANSWER, document=handbook) is None


def test_every_paragraph_of_a_document_is_in_its_language() -> None:
    handbook = a_document(HANDBOOK)
    prose = [one for one in HANDBOOK.split("\n\n") if one[:1].isalpha() and len(one) > 200]

    assert len(prose) > 50
    assert all(is_in_the_language_of(handbook, one) for one in prose)


def test_a_short_document_or_answer_is_given_the_benefit_of_the_doubt() -> None:
    assert is_in_the_language_of(a_document(), GERMAN)
    assert is_in_the_language_of(a_document(HANDBOOK), "Einmal in der Woche.")


@pytest.mark.parametrize(
    "said",
    [
        "Which document does a carrier hand over?",
        "The text of a contract binds both sides.",
        "In the following weeks the work grows lighter.",
        "What is a safe passage through the strait?",
        "I am sorry to hear that; rest first.",
    ],
)
def test_words_that_only_look_alike_are_let_through(said: str) -> None:
    assert mention(said) is None
    assert boilerplate(said) is None
