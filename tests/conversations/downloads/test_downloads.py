"""Messages, CSV, Markdown and JSON: each word stands there, and harms no program."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.brightrun.written_talks import a_complete
from conversations.talks import a_conversation, a_talk, raw_of
from lorewright.conversations.complete import Complete
from lorewright.conversations.downloads import (
    COLUMNS,
    MarkdownPages,
    Messages,
    Spreadsheet,
    Talk,
    WholeJson,
    guarded,
    raw_talk,
    talk_of,
)
from lorewright.errors import Refused, Unreadable
from lorewright.records import Conversation, RawForm

OPEN = ("user", "assistant", "user")


def written(writer: Any, *talks: Talk | Complete | Conversation) -> str:
    body = b"".join(piece for talk in talks for piece in writer.add(talk))
    return (writer.head() + body + writer.tail()).decode()


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def a_pair(**fields: Any) -> dict[str, Any]:
    felt = {"detected_emotions": {"primary": "fear", "intensity": 0.8}}
    return {"emotional_context": felt, "target_response": None, **fields}


def an_imported(*pairs: dict[str, Any]) -> Conversation:
    raw = json.dumps({"training_pairs": list(pairs)})
    return a_conversation(raw, form=RawForm.V4)


def test_messages_end_with_an_answer_and_begin_with_the_prompt() -> None:
    writer = Messages()
    line = json.loads(written(writer, talk_of(a_complete(1, *OPEN))))

    assert [(one["role"], one["content"]) for one in line["messages"]] == [
        ("system", "You advise people about money."),
        ("user", "user says 1"),
        ("assistant", "assistant says 2"),
    ]
    assert writer.unanswered == 1


def test_the_header_stands_in_front_of_the_prompt() -> None:
    line = json.loads(written(Messages(header=True), talk_of(a_complete(1))))
    system = line["messages"][0]["content"]

    assert system.startswith("persona_archetype: ")
    assert system.endswith("\n\nYou advise people about money.")


def test_messages_without_an_answer_are_refused_unless_they_are_raw() -> None:
    silent = talk_of(a_complete(1, "user", "user"))
    with pytest.raises(Refused, match="the advisor says nothing in it"):
        list(Messages().add(silent))
    line = json.loads(written(Messages(raw=True), silent))

    assert [one["role"] for one in line["messages"]] == ["system", "user", "user"]


def test_every_turn_is_a_row_with_what_is_known_of_it() -> None:
    first, second = rows_of(written(Spreadsheet(), talk_of(a_complete(1))))

    assert tuple(first) == COLUMNS
    assert (first["turn_number"], first["role"], first["content"]) == ("1", "user", "user says 1")
    assert (first["primary_emotion"], first["intensity"]) == ("fear", "0.8")
    assert (second["quality_score"], second["empathy"], second["human_reviewed"]) == (
        "4", "4.5", "yes",
    )  # fmt: skip
    assert second["demonstrates_skills"] == "reality testing"


@given(st.text(max_size=8))
def test_no_cell_is_calculated_and_none_looks_like_another(text: str) -> None:
    cell = guarded(text)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell == text or cell[1:] == text
    assert guarded(cell) != cell or not cell.startswith("'") or cell == text


def test_a_formula_in_a_conversation_gets_an_apostrophe() -> None:
    one = a_complete(1)
    turns = (one.content.turns[0].model_copy(update={"text": "=1+1"}), one.content.turns[1])
    risky = one._replace(content=one.content.model_copy(update={"turns": turns}))
    text = written(Spreadsheet(), talk_of(risky))

    assert rows_of(text)[0]["content"] == "'=1+1"


def test_markdown_quotes_what_is_said_and_lets_nobody_make_a_heading() -> None:
    one = a_complete(1)
    turns = (
        one.content.turns[0].model_copy(update={"text": "# Big\n\nsmall"}),
        one.content.turns[1],
    )
    text = written(
        MarkdownPages("talks_1"),
        talk_of(one._replace(content=one.content.model_copy(update={"turns": turns}))),
    )

    assert text.startswith("# talks\\_1\n\n1 conversation\n\n## balanced-7-0001\n")
    assert "- quality tier: production\n" in text
    assert "**Client** (fear, doubt 0.8)\n\n> # Big\n>\n> small\n" in text
    assert "\n# Big" not in text
    assert "**Advisor** (calm 0.5)\n\n> assistant says 2\n" in text


def test_what_a_teacher_wrote_is_told_raw_word_for_word() -> None:
    talk = raw_talk(a_conversation())

    assert [said.role for said in talk.utterances] == ["user", "assistant"] * 4
    assert talk.utterances[0].text == a_talk()["turns"][0]["content"]
    assert (talk.utterances[0].primary, talk.utterances[0].intensity) == ("fear", "0.8")
    assert talk.system_prompt is None
    first = rows_of(written(Spreadsheet(), talk))[0]
    assert (first["content"], first["quality_score"]) == (talk.utterances[0].text, "")


def test_an_imported_conversation_is_told_raw_with_its_defects_and_each_turn_once() -> None:
    talk = raw_talk(
        an_imported(
            a_pair(current_user_input="May I?\\n"),
            a_pair(current_user_input="May I?\\n", target_response="You may."),
            a_pair(current_user_input="Then I will."),
        )
    )

    assert [(said.role, said.text) for said in talk.utterances] == [
        ("user", "May I?\\n"), ("assistant", "You may."), ("user", "Then I will."),
    ]  # fmt: skip
    assert (talk.utterances[0].primary, talk.utterances[1].primary) == ("fear", "fear")


@pytest.mark.parametrize("raw", ["no JSON", "[]", '{"turns": {}}', '{"turns": [1, {"role": "x"}]}'])
def test_what_has_no_turns_cannot_be_told_raw(raw: str) -> None:
    with pytest.raises(Unreadable, match="no turns can be read"):
        raw_talk(a_conversation(raw))


def test_json_holds_every_raw_text_as_it_came() -> None:
    good, broken = a_conversation(), a_conversation('{"turns": [', number=2)
    odd = a_conversation('{"intensity": NaN}', number=3)
    told = json.loads(written(WholeJson(raw=True), good, broken, odd))["conversations"]

    assert [one["raw"] for one in told] == [a_talk(), broken.raw, odd.raw]
    assert told[0]["conversation"] == good.ref
    assert raw_of(a_talk()) in written(WholeJson(raw=True), good)


def test_json_holds_an_enrichment_whole() -> None:
    one = a_complete(1)
    (told,) = json.loads(written(WholeJson(), one))["conversations"]

    assert told["enrichment"] == one.enrichment
    assert told["turns"][1]["demonstrates_skills"] == ["reality testing"]
    assert (told["tier"], told["quality"]) == ("production", 8.0)
    assert json.loads(written(WholeJson())) == {"conversations": []}
