"""What each rule finds, and what it leaves alone."""

import pytest

from analyze.passages import a_passage, found, spans_of
from lorewright.records import ChunkType, CoverageTag, DifficultyLevel, Intent, ScenarioType

STEPS = """To prime a pump:

1. Close the outlet valve.
2. Fill the housing with water. It holds two litres.
3. [ ] Open the vent until no air comes out.
"""
CASE = (
    "Mira, a gardener, lost half of her seedlings every spring. She moved them to the cold "
    "frame and watered before noon. After three weeks 40 of 44 seedlings were alive.\n"
)
ARGUMENT = (
    "Seedlings need light more than warmth. Brown and Green (2011) kept 60 trays in the dark "
    "and found that all of them failed (see also Grey et al., 2014). They fail because a stalk "
    "without light grows thin.\n"
)


def value(field: str, words: str, kind: ChunkType = ChunkType.CHAPTER_SEQUENTIAL) -> object:
    filling = found(field, a_passage(words, kind))
    return filling.value if filling else None


def test_steps_are_the_items_of_a_list_without_their_marks_and_boxes() -> None:
    passage = a_passage(STEPS, ChunkType.INSTRUCTIONAL_UNIT)
    steps = found("steps_json", passage)

    assert steps is not None
    assert [(one.step, one.details) for one in steps.value] == [
        ("Close the outlet valve.", ""),
        ("Fill the housing with water", "It holds two litres."),
        ("Open the vent until no air comes out.", ""),
    ]
    assert spans_of(steps, passage)[2] == "Open the vent until no air comes out."


def test_sentences_that_command_are_steps_when_there_are_two() -> None:
    two = "Always knock. People like to be asked. Never shout across the ward.\n"

    steps = found("steps_json", a_passage(two, ChunkType.INSTRUCTIONAL_UNIT))

    assert steps is not None
    assert [one.step for one in steps.value] == ["Always knock.", "Never shout across the ward."]
    assert value("steps_json", "Always knock. People like it.\n") is None


def test_a_task_is_called_as_the_line_above_its_steps_calls_it() -> None:
    passage = a_passage(STEPS)

    assert spans_of(found("task_name", passage), passage) == ["prime a pump"]
    assert value("task_name", "Pumps are machines.\n") is None


def test_a_heading_with_how_to_names_the_task() -> None:
    filling = found("task_name", a_passage("Be quick.\n", heading="How to visit the sick."))

    assert filling is not None
    assert filling.value == "visit the sick"


def test_the_summary_of_a_case_is_its_result_and_of_all_else_the_first_sentence() -> None:
    assert value("chunk_summary_1s", CASE, ChunkType.EXAMPLE_SCENARIO) == (
        "After three weeks 40 of 44 seedlings were alive."
    )
    assert value("chunk_summary_1s", ARGUMENT) == "Seedlings need light more than warmth."


@pytest.mark.parametrize(
    "words",
    [
        "1. Close it.\n2. Open it.\n",
        "It does so because of this. They never told them about any of that.\n",
        f"A pump {'that leaks and ' * 12}drips is to be mended by the plumber of the house.\n",
        "Is a pump a machine that needs oil?\n",
        "# References\n\nPumps move water from one place to another place.\n",
    ],
    ids=["a list", "it leans on what came before", "too long", "a question", "apparatus"],
)
def test_what_cannot_stand_alone_is_no_summary(words: str) -> None:
    assert value("chunk_summary_1s", words) is None


def test_the_lead_of_a_long_paragraph_is_found_as_in_a_short_one() -> None:
    long = "Pumps move water up the hill. " + "This one does it slowly, and that one fast. " * 200

    assert value("chunk_summary_1s", long + "\n") == "Pumps move water up the hill."


def test_citations_are_names_with_years() -> None:
    assert value("citations", ARGUMENT, ChunkType.CER) == (
        "Brown and Green (2011)",
        "(see also Grey et al., 2014)",
    )
    assert value("citations", "In 1848 Brown left (see page 20).\n", ChunkType.CER) is None


def test_the_claim_of_an_argument_is_its_first_statement() -> None:
    words = f"Why do seedlings die? {ARGUMENT}"

    assert value("claim", words, ChunkType.CER) == "Seedlings need light more than warmth."


@pytest.mark.parametrize(
    ("words", "form"),
    [
        (CASE, ScenarioType.CASE_STUDY),
        ('"Is it open?" I asked. "Never," he replied.\n', ScenarioType.DIALOGUE),
        ("Q: Is it open?\nA: No.\n", ScenarioType.Q_AND_A),
        (STEPS, ScenarioType.WALKTHROUGH),
        ("I knew a man who opened every window.\n", ScenarioType.ANECDOTE),
    ],
)
def test_examples_have_five_forms(words: str, form: ScenarioType) -> None:
    assert value("scenario_type", words, ChunkType.EXAMPLE_SCENARIO) == form


def test_a_case_has_a_problem_what_was_done_and_what_came_of_it() -> None:
    passage = a_passage(CASE, ChunkType.EXAMPLE_SCENARIO)

    assert value("problem_context", CASE).__str__().startswith("Mira, a gardener, lost")
    assert spans_of(found("solution_action", passage), passage) == [
        "She moved them to the cold frame and watered before noon."
    ]
    assert value("outcome_metrics", CASE) == "After three weeks 40 of 44 seedlings were alive."
    assert value("solution_action", "Nothing happened.\n") is None


def test_evidence_reasons_and_warnings_are_found_by_their_words() -> None:
    passage = a_passage(ARGUMENT)
    (snippet,) = spans_of(found("evidence_snippets", passage), passage)

    assert snippet.startswith("Brown and Green (2011) kept 60 trays")
    assert value("reasoning_sketch", ARGUMENT) == (
        "They fail because a stalk without light grows thin."
    )
    assert value("warnings_failure_modes", "Oil it. Never run it dry.\n") == "Never run it dry."


def test_a_sketch_of_reasons_keeps_to_its_length() -> None:
    long = "It fails because the stalk is thin and nobody holds it up in the wind at night. " * 5

    sketch = value("reasoning_sketch", long)

    assert isinstance(sketch, str)
    assert 0 < len(sketch) <= 300


def test_apparatus_is_at_the_edge_and_examples_support() -> None:
    assert value("coverage_tag", "# Index\n\nPumps, 3\n") is CoverageTag.EDGE
    assert value("coverage_tag", CASE, ChunkType.EXAMPLE_SCENARIO) is CoverageTag.SUPPORTING
    assert value("coverage_tag", ARGUMENT, ChunkType.CER) is CoverageTag.CORE


@pytest.mark.parametrize(
    ("words", "kind", "intent"),
    [
        (STEPS, ChunkType.INSTRUCTIONAL_UNIT, Intent.INSTRUCT),
        (CASE, ChunkType.EXAMPLE_SCENARIO, Intent.NARRATE),
        (ARGUMENT, ChunkType.CER, Intent.INFORM),
        ("Light is better than warmth because it is.\n", ChunkType.CER, Intent.PERSUADE),
        (STEPS, ChunkType.CHAPTER_SEQUENTIAL, Intent.INSTRUCT),
        ("# Index\n\nPumps, 3\n", ChunkType.CHAPTER_SEQUENTIAL, Intent.INFORM),
        ("I knew a man who sang.\n", ChunkType.CHAPTER_SEQUENTIAL, Intent.NARRATE),
        ("A pump moves water.\n", ChunkType.CHAPTER_SEQUENTIAL, Intent.EDUCATE),
    ],
)
def test_the_intent_follows_the_type_and_its_signs(
    words: str, kind: ChunkType, intent: Intent
) -> None:
    assert value("intent", words, kind) is intent


def test_research_makes_a_passage_hard_and_short_words_make_it_easy() -> None:
    study = "The median of the sample was 4 per cent in a meta-analysis of all participants.\n"

    assert value("difficulty_level", study) is DifficultyLevel.ADVANCED
    assert value("difficulty_level", ARGUMENT) is DifficultyLevel.INTERMEDIATE
    assert value("difficulty_level", "Close the tap. Wipe the floor.\n") is DifficultyLevel.BEGINNER
    assert value("difficulty_level", "---\n") is None


def test_terms_are_words_that_come_back() -> None:
    words = "Seedlings love light. Light feeds seedlings. Warmth follows light, and warmth helps.\n"
    passage = a_passage(words)
    terms = found("key_terms", passage)

    assert terms is not None
    assert terms.value == ("light", "seedlings", "warmth")
    assert [word.lower() for word in spans_of(terms, passage)] == list(terms.value)
    assert value("key_terms", "One pump.\n") is None


def test_topics_count_when_their_words_are_seen_often_enough() -> None:
    passage = a_passage("He spoke of suicide. The debt, and the credit, were the least of it.\n")
    tags = found("safety_tags", passage)

    assert tags is not None
    assert tags.value == ("self_harm", "money")
    assert spans_of(tags, passage) == ["suicid", "debt"]
    assert value("safety_tags", "She was out of debt.\n") == ()


@pytest.mark.parametrize(
    "words",
    [
        "Write to mira.green+news@example.org tonight.\n",
        "Ring +44 20 7946 0958 before noon.\n",
        "Her card is 4111 1111 1111 1111.\n",
        "Pay into GB82 WEST 1234 5698 7654 32.\n",
    ],
    ids=["mail", "telephone", "card", "account"],
)
def test_what_reaches_a_person_is_found_where_it_stands(words: str) -> None:
    passage = a_passage(words)
    flag = found("pii_flag", passage)

    assert flag is not None
    assert flag.value is True
    (quote,) = spans_of(flag, passage)
    assert quote in words
    assert len(quote) > 10


@pytest.mark.parametrize(
    "words",
    [
        "Mira, a gardener, slept in 1998 and again in 2011, on pages 100-120.\n",
        "The number 4111 1111 1111 1112 is no card.\n",
        "GB00 WEST 1234 5698 7654 32 is no account.\n",
        "Call 112 anywhere, or 988.\n",
        "0000 0000 0000 0000 means nothing.\n",
    ],
)
def test_numbers_without_the_right_check_reach_nobody(words: str) -> None:
    assert value("pii_flag", words) is None
