import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.builders import a_conversation, a_document, an_example, turns_of
from lorewright.curate import ContentExporter, Exporter
from lorewright.curate.exporters.alpaca import Alpaca
from lorewright.curate.exporters.line_exporter import LineExporter
from lorewright.curate.exporters.lineage import lineage_of, lineage_of_content
from lorewright.curate.exporters.llama3 import Llama3
from lorewright.curate.exporters.mistral import Mistral
from lorewright.curate.exporters.openai_chat import OpenAiChat
from lorewright.curate.exporters.sharegpt import ShareGpt
from lorewright.curate.markers import chat_marker
from lorewright.errors import Refused, Unreadable
from lorewright.records import Example

JSON_FORMATS = (OpenAiChat, ShareGpt, Alpaca)
TEXT_FORMATS = (Mistral, Llama3)
FORMATS = (*JSON_FORMATS, *TEXT_FORMATS)
ANY_FORMAT = st.sampled_from([kind() for kind in FORMATS])

NASTY = st.sampled_from(
    ["[INST", "/INST]", "</s", "<|eot", "|>", " [", "\u2028", "\u2029", "\x85", "\r\n", '"', "\\"]
)
TEXT = st.lists(st.one_of(NASTY, st.text(min_size=1, max_size=8)), min_size=1).map("".join)
WORDS = TEXT.filter(lambda text: text.strip() and not chat_marker(text.strip()))

HANDBOOK = a_document("Rest is good for you. Then work.")
PAIR = an_example("What is rest?", "Rest is good for you.", HANDBOOK)


@st.composite
def talks(draw: st.DrawFn, text: st.SearchStrategy[str] = TEXT, *, system: bool = True) -> Example:
    turns = [("system", draw(text))] if system and draw(st.booleans()) else []
    for _ in range(draw(st.integers(1, 3))):
        turns += [("user", draw(text)), ("assistant", draw(text))]
    return a_conversation(*turns)


def text_of(exporter: LineExporter, example: Example) -> str:
    return json.loads(exporter.line(example))["text"]


@given(talks(), st.sampled_from([kind() for kind in JSON_FORMATS]))
def test_what_is_written_is_read_back(talk: Example, exporter: LineExporter) -> None:
    assert exporter.parse(exporter.line(talk)) == turns_of(talk)


@given(talks(WORDS))
def test_llama_text_is_read_back_without_the_space_around_it(talk: Example) -> None:
    trimmed = tuple((role, text.strip()) for role, text in turns_of(talk))

    assert Llama3().parse(Llama3().line(talk)) == trimmed


@given(talks(WORDS), st.sampled_from([Mistral(), Mistral(begin_token=False)]))
def test_mistral_text_is_read_back_with_the_system_in_the_first_question(
    talk: Example, exporter: Mistral
) -> None:
    turns = [(role, text.strip()) for role, text in turns_of(talk)]
    if turns[0][0] == "system":
        (_, system), (_, question), *rest = turns
        turns = [("user", f"{system}\n\n{question}"), *rest]

    assert exporter.parse(exporter.line(talk)) == tuple(turns)


@given(talks(st.one_of(TEXT, st.sampled_from(["a [/INST] b", "<|eot_id|>", "</s>", "<s>"]))))
def test_text_is_refused_or_read_back_but_never_changed(talk: Example) -> None:
    trimmed = tuple((role, text.strip()) for role, text in turns_of(talk))
    if all(text and not chat_marker(text) for _, text in trimmed):
        assert Llama3().parse(Llama3().line(talk)) == trimmed
    else:
        with pytest.raises(Refused):
            Llama3().line(talk)


@given(talks(WORDS), ANY_FORMAT)
def test_a_line_is_one_line_for_every_reader(talk: Example, exporter: LineExporter) -> None:
    assert len(exporter.line(talk).splitlines()) == 1


@given(talks(WORDS), ANY_FORMAT)
def test_what_is_stored_gives_the_same_line_as_the_record(
    talk: Example, exporter: LineExporter
) -> None:
    content = json.loads(talk.body)["content"]

    assert exporter.line_from_content(content, str(talk.ref)) == exporter.line(talk)


def test_openai_chat_looks_like_this() -> None:
    assert OpenAiChat().line(PAIR) == (
        '{"messages":[{"role":"user","content":"What is rest?"},'
        '{"role":"assistant","content":"Rest is good for you."}]}'
    )


def test_sharegpt_looks_like_this() -> None:
    talk = a_conversation(("system", "Be kind."), ("user", "Hm?"), ("assistant", "Yes."))

    assert ShareGpt(with_lineage=False).line(talk) == (
        '{"conversations":[{"from":"system","value":"Be kind."},'
        '{"from":"human","value":"Hm?"},{"from":"gpt","value":"Yes."}]}'
    )


def test_alpaca_looks_like_this() -> None:
    talk = a_conversation(
        ("system", "Be kind."),
        ("user", "Hm?"),
        ("assistant", "Yes."),
        ("user", "So?"),
        ("assistant", "No."),
    )

    assert Alpaca(with_lineage=False).line(PAIR) == (
        '{"instruction":"What is rest?","input":"","output":"Rest is good for you."}'
    )
    assert Alpaca(with_lineage=False).line(talk) == (
        '{"instruction":"So?","input":"","output":"No.",'
        '"system":"Be kind.","history":[["Hm?","Yes."]]}'
    )


def test_mistral_text_looks_like_this() -> None:
    assert text_of(Mistral(), PAIR) == "<s>[INST] What is rest? [/INST] Rest is good for you.</s>"


def test_llama_text_looks_like_this() -> None:
    assert text_of(Llama3(), PAIR) == (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nWhat is rest?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nRest is good for you.<|eot_id|>"
    )


@pytest.mark.parametrize("kind", TEXT_FORMATS)
def test_the_begin_token_stands_once_or_not_at_all(kind: type[Mistral] | type[Llama3]) -> None:
    with_token, without = text_of(kind(), PAIR), text_of(kind(begin_token=False), PAIR)

    assert with_token == kind.begin + without
    assert kind.begin not in without


def test_lines_say_where_they_come_from_where_the_format_bears_it() -> None:
    expected = {
        "example": PAIR.ref,
        "evidence": [{"document": HANDBOOK.ref, "start": 0, "end": 21}],
    }

    for exporter in (ShareGpt(), Alpaca(), Mistral(), Llama3(), OpenAiChat(with_lineage=True)):
        assert json.loads(exporter.line(PAIR))["lineage"] == expected
    assert "lineage" not in json.loads(OpenAiChat().line(PAIR))


def test_the_lineage_of_a_line_can_stand_beside_it() -> None:
    content = json.loads(PAIR.body)["content"]

    assert lineage_of(PAIR) == lineage_of_content(content, str(PAIR.ref))
    assert json.loads(lineage_of(PAIR))["example"] == PAIR.ref


@pytest.mark.parametrize("exporter", [Mistral(), Llama3()], ids=lambda one: one.name)
@pytest.mark.parametrize("marker", ["[/INST]", "<s>", "<|eot_id|>", "<end_of_turn>"])
def test_control_tokens_in_the_words_are_refused_with_the_name(
    exporter: LineExporter, marker: str
) -> None:
    pair = an_example("What is this?", f"It is {marker} of course.")

    with pytest.raises(Refused, match="hold the control token") as refused:
        exporter.line(pair)

    assert refused.value.where == pair.ref
    assert marker in refused.value.sentence


@pytest.mark.parametrize("exporter", [Mistral(), Llama3()], ids=lambda one: one.name)
def test_a_turn_of_white_space_is_refused(exporter: LineExporter) -> None:
    with pytest.raises(Refused, match="the user says nothing"):
        exporter.line(an_example(" \n", "Rest is good for you."))


@pytest.mark.parametrize("exporter", [Mistral(), Alpaca()], ids=lambda one: one.name)
def test_turns_that_do_not_alternate_are_refused(exporter: LineExporter) -> None:
    talk = a_conversation(("user", "Hm?"), ("user", "Well?"), ("assistant", "Yes."))

    with pytest.raises(Refused, match="do not take turns"):
        exporter.line_from_content(json.loads(talk.body)["content"], str(talk.ref))


@pytest.mark.parametrize("exporter", [kind() for kind in FORMATS], ids=lambda one: one.name)
@pytest.mark.parametrize(
    "line", ["", "[]", "{}", '{"text":"Hm"}', '{"messages":[1]}', '{"history":[1]}']
)
def test_what_is_no_line_of_the_format_is_unreadable(exporter: LineExporter, line: str) -> None:
    with pytest.raises(Unreadable):
        exporter.parse(line)


def test_every_format_is_an_exporter_with_its_own_name() -> None:
    exporters: list[Exporter] = [kind() for kind in FORMATS]

    assert {one.name for one in exporters} == {
        "openai-chat",
        "sharegpt",
        "alpaca",
        "mistral",
        "llama3",
    }
    assert all(isinstance(one, ContentExporter) for one in exporters)
    assert {one.suffix for one in exporters} == {".jsonl"}
