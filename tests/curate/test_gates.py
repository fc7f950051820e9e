import pytest

from curate.builders import a_conversation, a_document, an_example, documents_of
from lorewright.curate.gates import fault_of
from lorewright.records import Document, Example
from lorewright.settings import CurationSettings

HANDBOOK = a_document("# Rest\n\nRest before you are tired. Then work again.\n")
ANSWER = "Rest before you are tired."


def reason(example: Example, *documents: Document) -> str | None:
    fault = fault_of(
        example, documents=documents_of(*documents or (HANDBOOK,)), settings=CurationSettings()
    )
    return fault.reason if fault else None


def test_a_sound_pair_passes() -> None:
    assert reason(an_example("When should I rest?", ANSWER, HANDBOOK)) is None


def test_a_conversation_with_a_system_passes() -> None:
    talk = a_conversation(
        ("system", "Be kind."),
        ("user", "When should I rest?"),
        ("assistant", "Soon."),
        ("user", "How soon, exactly?"),
        ("assistant", ANSWER),
    )

    assert reason(talk) is None


@pytest.mark.parametrize(
    "roles",
    [
        ("user", "user", "assistant"),
        ("assistant", "user", "assistant"),
        ("user", "system", "assistant"),
        ("system", "assistant"),
    ],
)
def test_turns_must_alternate(roles: tuple[str, ...]) -> None:
    talk = a_conversation(*((role, f"words of turn {at}") for at, role in enumerate(roles)))

    assert reason(talk) == "turns_out_of_order"


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("...?", ANSWER, "no_question"),
        ("When?", "...", "no_answer"),
        ("When should I rest?", "Very soon.", "too_short"),
        ("May I rest, or not?", "I REST, or not.", "answer_repeats_question"),
        ("When?\x0c", ANSWER, "control_characters"),
        ("When?", "Rest before \ufffd you are tired.", "control_characters"),
        ("When?", "Rest before you are tired.\\n\\nThen work.", "escaped_lines"),
        ("When?", "Rest now, please.<|eot_id|>", "control_token"),
        ("Is [INST] a word?", ANSWER, "control_token"),
    ],
)  # fmt: skip
def test_what_is_off_is_turned_down(question: str, answer: str, expected: str) -> None:
    assert reason(an_example(question, answer)) == expected


def test_brackets_tabs_and_line_ends_are_words_like_others() -> None:
    assert reason(an_example("What\tis [this] <b>?", "A note\nin a <table>: \\new [x].")) is None


def test_evidence_must_be_in_a_document_in_use() -> None:
    other = a_document("Nothing of it.")

    assert reason(an_example("When?", ANSWER, HANDBOOK), other) == "evidence_missing"


def test_evidence_must_stand_where_it_is_cited() -> None:
    pair = an_example("When should I rest?", ANSWER, HANDBOOK)
    moved = pair.evidence[0].model_copy(update={"start": 0, "end": len(ANSWER)})

    assert reason(pair.model_copy(update={"evidence": (moved,)})) == "evidence_differs"


def test_a_fault_says_what_is_wrong_in_a_sentence() -> None:
    fault = fault_of(an_example("When?", "Very soon."), documents={}, settings=CurationSettings())

    assert fault is not None
    assert fault.detail == "the answer has 2 words, fewer than 3"
