"""From conversations to tokens and masks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lorewright.errors import BadMask
from lorewright.inference import ChatTokenizer, Sample, library
from lorewright.records import Turn
from lorewright.templates import pieces

MakeTokenizer = Callable[..., Path]
PHI = (
    "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
MISTRAL = (
    "<s>{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }}[/INST]"
    "{% else %} {{ m.content }}</s>{% endif %}{% endfor %}"
)
ASK = Turn(role="user", text="How often?")


def said(text: str) -> tuple[Turn, Turn]:
    return (ASK, Turn(role="assistant", text=text))


def trained_text(folder: Path, sample: Sample) -> str:
    raw = library("transformers").AutoTokenizer.from_pretrained(folder)
    kept = [number for number, kept in zip(sample.ids, sample.labels, strict=True) if kept]
    return str(raw.decode(kept))


@pytest.mark.parametrize("swallows_space", [False, True])
@pytest.mark.parametrize(
    ("template", "answer"),
    [(PHI, "Once a year. 🌿<|end|>"), (MISTRAL, " Once a year. 🌿</s>")],
    ids=["phi", "mistral"],
)
def test_the_trained_tokens_read_as_the_answer(
    a_tokenizer: MakeTokenizer, template: str, answer: str, *, swallows_space: bool
) -> None:
    folder = a_tokenizer(template, swallows_space=swallows_space)

    (sample,) = ChatTokenizer.open(folder).samples("example:1", said("Once a year. 🌿"))

    assert trained_text(folder, sample) == answer


@pytest.mark.parametrize("template", [PHI, MISTRAL], ids=["phi", "mistral"])
def test_the_prompt_is_how_the_training_tokens_begin(
    a_tokenizer: MakeTokenizer, template: str
) -> None:
    tokenizer = ChatTokenizer.open(a_tokenizer(template))

    (sample,) = tokenizer.samples("example:1", said("Once a year."))
    prompt = tokenizer.prompt_ids((ASK,))

    assert list(sample.ids[: len(prompt)]) == prompt
    assert sample.labels.index(True) == len(prompt)


def test_only_the_last_of_two_answers_is_scored(a_tokenizer: MakeTokenizer) -> None:
    folder = a_tokenizer(PHI)

    sample = ChatTokenizer.open(folder).last_answer("one", (*said("First."), *said("Second.")))

    assert trained_text(folder, sample) == "Second.<|end|>"


def test_generation_stops_at_the_end_of_turn_and_at_the_end_of_text(
    a_tokenizer: MakeTokenizer,
) -> None:
    folder = a_tokenizer(PHI)
    raw = library("transformers").AutoTokenizer.from_pretrained(folder)

    assert set(ChatTokenizer.open(folder).stop_ids) == {
        raw.convert_tokens_to_ids("<|end|>"),
        raw.convert_tokens_to_ids("</s>"),
    }


def test_a_normalised_answer_is_still_the_answer(a_tokenizer: MakeTokenizer) -> None:
    folder = a_tokenizer(PHI, normalizes=True)

    (sample,) = ChatTokenizer.open(folder).samples("example:1", said("Gro\u0308ße"))

    assert trained_text(folder, sample) == "Gr\u00f6ße<|end|>"


def test_white_space_that_a_control_token_swallows_has_no_token(
    a_tokenizer: MakeTokenizer,
) -> None:
    tokenizer = ChatTokenizer.open(a_tokenizer(PHI, swallows_space=True))

    (masked,) = tokenizer.masked("example:1", said("Once."))

    shown = list(pieces(masked))
    assert "".join(piece.text for piece in shown) == masked.rendered.text
    assert any(piece.text == "\n" and not piece.numbers for piece in shown)
    assert not any(piece.carries_loss for piece in shown if not piece.numbers)


def test_a_template_that_fails_on_a_conversation_is_refused(a_tokenizer: MakeTokenizer) -> None:
    broken = "{{ messages[0].content + 1 }}" + PHI

    with pytest.raises(BadMask, match="refuses the conversation"):
        ChatTokenizer.open(a_tokenizer(broken)).samples("example:1", said("Yes."))


def test_a_token_that_joins_prompt_and_answer_is_refused(a_tokenizer: MakeTokenizer) -> None:
    newline = "\u010a"  # how byte-level vocabularies write a line break
    tokenizer = ChatTokenizer.open(a_tokenizer(PHI, joins=((newline, newline),)))

    with pytest.raises(BadMask, match="straddles") as caught:
        tokenizer.samples("example:7", said("\nOnce a year."))
    assert caught.value.where == "example:7"


def test_two_begin_tokens_are_refused(a_tokenizer: MakeTokenizer) -> None:
    tokenizer = ChatTokenizer.open(a_tokenizer("<s><s>" + PHI))

    with pytest.raises(BadMask, match="two begin tokens"):
        tokenizer.samples("example:1", said("Once a year."))


def test_no_begin_token_is_added_to_what_the_template_writes(a_tokenizer: MakeTokenizer) -> None:
    with_one = ChatTokenizer.open(a_tokenizer("<s>" + PHI)).prompt_ids((ASK,))
    with_none = ChatTokenizer.open(a_tokenizer(PHI)).prompt_ids((ASK,))

    assert with_one[1:] == with_none


def test_a_control_token_in_the_words_is_refused_by_name(a_tokenizer: MakeTokenizer) -> None:
    tokenizer = ChatTokenizer.open(a_tokenizer(PHI))

    with pytest.raises(BadMask, match=r"contain the control token <\|end\|>") as caught:
        tokenizer.samples("example:3", said("Say <|end|> and stop."))
    assert caught.value.where == "example:3"


def test_a_template_that_refuses_a_conversation_says_so(a_tokenizer: MakeTokenizer) -> None:
    strict = "{% if messages[0].role != 'system' %}{{ raise_exception('system first') }}{% endif %}"

    with pytest.raises(BadMask, match="system first") as caught:
        ChatTokenizer.open(a_tokenizer(strict + PHI)).samples("example:1", said("Yes."))
    assert (caught.value.where or "").startswith("example:1")


def test_a_tokenizer_without_a_template_is_refused(a_tokenizer: MakeTokenizer) -> None:
    with pytest.raises(BadMask, match="no chat template") as caught:
        ChatTokenizer.open(a_tokenizer(None))
    assert "chat_template.jinja" in (caught.value.hint or "")


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadMask, match="cannot be read"):
        ChatTokenizer.open(tmp_path)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="<|>"), min_size=1).filter(str.strip)
)
def test_any_answer_reads_back(a_tokenizer: MakeTokenizer, answer: str) -> None:
    folder = a_tokenizer(PHI)

    (sample,) = ChatTokenizer.open(folder).samples("example:1", said(answer))

    assert trained_text(folder, sample) == f"{answer}<|end|>"
