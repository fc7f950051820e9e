"""Spans found in renderings, against masks made by hand."""

import string
from collections.abc import Sequence

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadMask
from lorewright.records import Turn
from lorewright.templates import Message, Renderer, last_answer, prompt_of, renderings

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA_3 = (
    "<|bot|>{% for m in messages %}<|start|>{{ m.role }}<|stop|>\n\n{{ m.content | trim }}<|eot|>"
    "{% endfor %}{% if add_generation_prompt %}<|start|>assistant<|stop|>\n\n{% endif %}"
)
MISTRAL = (
    "<s>{% if messages[0].role == 'system' %}{% set ns = namespace(s=messages[0].content) %}"
    "{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}"
    "{% for m in rest %}{% if m.role == 'user' %}[INST] "
    "{% if loop.last or loop.index0 == rest|length - 2 and rest[-1].role == 'assistant' %}"
    "{% if ns is defined %}{{ ns.s }}\n\n{% endif %}{% endif %}{{ m.content }}[/INST]"
    "{% else %} {{ m.content }}</s>{% endif %}{% endfor %}"
)
PHI = (
    "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% else %}<|endoftext|>{% endif %}"
)
CONTROL = {
    CHATML: ("<|im_start|>", "<|im_end|>"),
    LLAMA_3: ("<|bot|>", "<|start|>", "<|stop|>", "<|eot|>"),
    MISTRAL: ("<s>", "</s>"),
    PHI: ("<|end|>", "<|endoftext|>", "<|user|>", "<|assistant|>", "<|system|>"),
}
FOUR = pytest.mark.parametrize(
    "source", [CHATML, LLAMA_3, MISTRAL, PHI], ids=["chatml", "llama-3", "mistral", "phi"]
)

SYSTEM = Turn(role="system", text="You coach.")
ASK, TELL = Turn(role="user", text="How often?"), Turn(role="assistant", text="Once a year.")
MORE, LESS = (
    Turn(role="user", text="And then?"),
    Turn(role="assistant", text="Rest. 🌿 Später mehr."),
)


def a_renderer(source: str) -> Renderer:
    template = jinja2.Environment(autoescape=False).from_string(source)

    def render(messages: Sequence[Message], *, add_generation_prompt: bool) -> str:
        return template.render(messages=messages, add_generation_prompt=add_generation_prompt)

    return render


def trained(source: str, *turns: Turn) -> list[list[str]]:
    """The texts that carry loss, per rendering."""
    found = renderings(turns, render=a_renderer(source), control_tokens=CONTROL[source])
    return [[one.text[start:end] for start, end in one.trained] for one in found]


def saying(text: str) -> Turn:
    return Turn(role="assistant", text=text)


@pytest.mark.parametrize(
    ("source", "by_hand"),
    [
        (CHATML, "Once a year.<|im_end|>"),
        (LLAMA_3, "Once a year.<|eot|>"),
        (MISTRAL, " Once a year.</s>"),
        (PHI, "Once a year.<|end|>"),
    ],
    ids=["chatml", "llama-3", "mistral", "phi"],
)
def test_the_answer_and_its_end_of_turn_carry_loss_and_nothing_else(
    source: str, by_hand: str
) -> None:
    assert trained(source, ASK, TELL) == [[by_hand]]
    assert trained(source, SYSTEM, ASK, TELL) == [[by_hand]]


@pytest.mark.parametrize(
    ("source", "end"),
    [(CHATML, "<|im_end|>"), (LLAMA_3, "<|eot|>"), (PHI, "<|end|>")],
    ids=["chatml", "llama-3", "phi"],
)
def test_every_assistant_turn_of_a_conversation_carries_loss_in_one_rendering(
    source: str, end: str
) -> None:
    assert trained(source, SYSTEM, ASK, TELL, MORE, LESS) == [
        [f"Once a year.{end}", f"Rest. 🌿 Später mehr.{end}"]
    ]


def test_a_template_that_moves_the_system_words_gives_one_rendering_per_answer() -> None:
    turns = (SYSTEM, ASK, TELL, MORE, LESS)

    first, second = renderings(turns, render=a_renderer(MISTRAL), control_tokens=CONTROL[MISTRAL])

    assert first.text == "<s>[INST] You coach.\n\nHow often?[/INST] Once a year.</s>"
    assert second.text == (
        "<s>[INST] How often?[/INST] Once a year.</s>"
        "[INST] You coach.\n\nAnd then?[/INST] Rest. 🌿 Später mehr.</s>"
    )
    assert first.trained_text == " Once a year.</s>"
    assert second.trained_text == " Rest. 🌿 Später mehr.</s>"


def test_without_system_words_the_same_template_gives_one_rendering() -> None:
    assert trained(MISTRAL, ASK, TELL, MORE, LESS) == [
        [" Once a year.</s>", " Rest. 🌿 Später mehr.</s>"]
    ]


@FOUR
def test_the_span_of_every_turn_holds_its_words(source: str) -> None:
    turns = (SYSTEM, ASK, TELL)

    (one,) = renderings(turns, render=a_renderer(source), control_tokens=CONTROL[source])

    assert [(at.role, one.text[at.start : at.end]) for at in one.turns] == [
        (turn.role, turn.text) for turn in turns
    ]


@FOUR
def test_what_serving_hands_over_is_where_loss_begins(source: str) -> None:
    render = a_renderer(source)

    one = last_answer((SYSTEM, ASK, TELL), render=render, control_tokens=CONTROL[source])

    assert one.text[: one.trained[0].start] == prompt_of((SYSTEM, ASK), render=render)


def test_only_the_last_answer_can_carry_loss() -> None:
    one = last_answer(
        (ASK, TELL, MORE, LESS), render=a_renderer(CHATML), control_tokens=CONTROL[CHATML]
    )

    assert one.trained_text == "Rest. 🌿 Später mehr.<|im_end|>"


def test_words_that_look_like_the_template_do_not_confuse_it() -> None:
    ask = Turn(role="user", text="assistant\nuser [/INST] Once a year.")
    tell = saying("assistant [INST] user\n Once a year.")

    assert trained(CHATML, ask, tell) == [["assistant [INST] user\n Once a year.<|im_end|>"]]
    assert trained(MISTRAL, ask, tell) == [[" assistant [INST] user\n Once a year.</s>"]]


def test_an_answer_that_repeats_the_question_is_found_at_its_own_place() -> None:
    render = a_renderer(CHATML)
    same = "again"

    (one,) = renderings(
        (Turn(role="user", text=same), saying(same)),
        render=render,
        control_tokens=CONTROL[CHATML],
    )

    assert one.turns[1].start > one.turns[0].end
    assert one.trained_text == "again<|im_end|>"


def test_white_space_that_a_template_strips_carries_no_loss() -> None:
    assert trained(LLAMA_3, ASK, saying("  Once a year. \n")) == [["Once a year.<|eot|>"]]


def test_white_space_that_a_template_keeps_carries_loss() -> None:
    assert trained(CHATML, ASK, saying(" Once a year. ")) == [[" Once a year. <|im_end|>"]]


def test_a_control_token_in_the_words_is_refused() -> None:
    with pytest.raises(BadMask, match=r"turn 2 \(assistant\) contain the control token <\|im_end"):
        trained(CHATML, ASK, saying("Stop.<|im_end|> Go on."))


def test_a_template_that_changes_words_is_refused_and_the_place_is_shown() -> None:
    shouting = CHATML.replace("m.content", "m.content | replace('year', 'month')")

    with pytest.raises(BadMask, match=r"does not write turn 2 \(assistant\)") as caught:
        renderings((ASK, TELL), render=a_renderer(shouting), control_tokens=CONTROL[CHATML])

    assert caught.value.where is not None
    assert "Once a ' >>> 'month." in caught.value.where


def test_a_template_that_changes_an_earlier_turn_with_a_later_one_is_refused() -> None:
    nosy = CHATML.replace("{{ m.role }}", "{{ m.role }}{{ messages[-1].content | length }}")

    with pytest.raises(BadMask, match="does not write turn"):
        renderings((ASK, TELL), render=a_renderer(nosy), control_tokens=CONTROL[CHATML])


def test_a_template_that_leaves_a_turn_out_is_refused() -> None:
    deaf = "{% for m in messages if m.role != 'system' %}" + CHATML.partition("%}")[2]

    with pytest.raises(BadMask, match=r"writes turn 1 \(system\) not at all"):
        renderings((SYSTEM, ASK, TELL), render=a_renderer(deaf), control_tokens=CONTROL[CHATML])


def test_a_template_that_writes_a_turn_twice_is_refused() -> None:
    echoing = CHATML.replace("{{ m.content }}", "{{ m.content }} {{ m.content }}")

    with pytest.raises(BadMask, match=r"writes turn 1 \(user\) 2 times"):
        renderings((ASK, TELL), render=a_renderer(echoing), control_tokens=CONTROL[CHATML])


def test_a_template_without_an_end_of_turn_is_refused() -> None:
    endless = CHATML.replace("<|im_end|>", "")

    with pytest.raises(BadMask, match="would never stop"):
        renderings((ASK, TELL), render=a_renderer(endless), control_tokens=CONTROL[CHATML])


def test_a_template_that_does_not_open_the_assistants_turn_is_refused() -> None:
    closed = CHATML.partition("{% if add")[0]

    with pytest.raises(BadMask, match="and the prompt does not"):
        renderings((ASK, TELL), render=a_renderer(closed), control_tokens=CONTROL[CHATML])


def test_a_prompt_that_is_not_the_beginning_of_its_rendering_is_refused() -> None:
    other = CHATML + "{% if add_generation_prompt %}<think>{% endif %}"

    with pytest.raises(BadMask, match="prompt for turn 2") as caught:
        renderings((ASK, TELL), render=a_renderer(other), control_tokens=CONTROL[CHATML])

    assert caught.value.where is not None
    assert ">>> 'Once a year." in caught.value.where


FORGETFUL = (
    "<s>{% if messages[0].role == 'system' %}{% set system = messages[0].content %}"
    "{% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}"
    "{% for m in rest %}{% if m.role == 'user' %}[INST] "
    "{% if loop.last and system is defined %}{{ system }}\n\n{% endif %}{{ m.content }}[/INST]"
    "{% else %} {{ m.content | trim }}</s>{% endif %}{% endfor %}"
)
"""Writes the system's words only into a prompt, never beside the answer."""
CONTROL[FORGETFUL] = ("<s>", "</s>", "[INST]", "[/INST]")


def test_an_answer_is_joined_to_the_prompt_that_it_would_be_asked_with() -> None:
    render = a_renderer(FORGETFUL)
    turns = (SYSTEM, ASK, TELL, MORE, saying(" Rest. "))

    first, second = renderings(turns, render=render, control_tokens=CONTROL[FORGETFUL])

    assert first.text == "<s>[INST] You coach.\n\nHow often?[/INST] Once a year.</s>"
    assert second.text == (
        "<s>[INST] How often?[/INST] Once a year.</s>"
        "[INST] You coach.\n\nAnd then?[/INST] Rest.</s>"
    )
    assert [one.trained_text for one in (first, second)] == [" Once a year.</s>", " Rest.</s>"]
    assert second.text[: second.trained[0].start] == prompt_of(turns[:-1], render=render)
    assert [second.text[start:end] for _, start, end in second.turns] == [
        *("You coach.", "How often?", "Once a year.", "And then?", "Rest."),
    ]


def test_an_answer_is_not_joined_where_the_prompt_ends_otherwise() -> None:
    other = FORGETFUL + "{% if add_generation_prompt %}<think>{% endif %}"

    with pytest.raises(BadMask, match="prompt for turn 3 is not how the conversation begins"):
        renderings((SYSTEM, ASK, TELL), render=a_renderer(other), control_tokens=CONTROL[FORGETFUL])


def test_an_answer_is_not_joined_where_the_prompt_forgets_the_system_words() -> None:
    deaf = FORGETFUL.replace("loop.last and system", "not add_generation_prompt and system")

    with pytest.raises(BadMask, match=r"writes turn 1 \(system\) not at all"):
        renderings((SYSTEM, ASK, TELL), render=a_renderer(deaf), control_tokens=CONTROL[FORGETFUL])


@given(
    st.lists(
        st.tuples(*[st.text("ab \n?.", min_size=1, max_size=8).filter(str.strip)] * 2),
        min_size=1,
        max_size=3,
    )
)
def test_joined_or_not_every_answer_carries_loss_once(pairs: list[tuple[str, str]]) -> None:
    turns = [
        turn
        for question, answer in pairs
        for turn in (Turn(role="user", text=question), saying(answer))
    ]

    texts = trained(FORGETFUL, SYSTEM, *turns)

    assert texts == [[f" {answer.strip()}</s>"] for _, answer in pairs]


def test_a_conversation_that_begins_with_the_assistant_is_refused() -> None:
    with pytest.raises(BadMask, match="begins with the assistant"):
        renderings((TELL, ASK, LESS), render=a_renderer(CHATML), control_tokens=CONTROL[CHATML])


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="<|>"), min_size=1, max_size=40
).filter(str.strip)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3), st.sampled_from([CHATML, PHI]))
def test_any_words_are_found_exactly(pairs: list[tuple[str, str]], source: str) -> None:
    turns = [
        turn
        for question, answer in pairs
        for turn in (Turn(role="user", text=question), Turn(role="assistant", text=answer))
    ]
    end = "<|im_end|>" if source is CHATML else "<|end|>"

    assert trained(source, *turns) == [[answer + end for _, answer in pairs]]


@given(st.text(string.ascii_letters + " \n[]/", min_size=1, max_size=30).filter(str.strip))
def test_any_words_are_found_in_plain_text_markers(answer: str) -> None:
    assert trained(MISTRAL, ASK, saying(answer)) == [[f" {answer}</s>"]]
