"""Conversations enter datasets, one example each, with or without documents beside them."""

import pytest

from builders import a_recipe, a_source
from conversations.talks import KEPT, a_conversation, a_talk, raw_of
from flows.working import do_all
from lorewright.errors import NotYet
from lorewright.flows.adapting import taught_texts
from lorewright.flows.controls import ControlWork
from lorewright.flows.conversation_examples import conversation_examples, make_examples
from lorewright.flows.current import documents_for
from lorewright.flows.datasets import candidates, curate_dataset
from lorewright.flows.enriching import enrich_conversations
from lorewright.flows.overview import next_command
from lorewright.llms import Purpose, Request
from lorewright.records import Conversation, Example, Rejection, Split, Verb
from lorewright.settings import ExampleSettings, GenerationSettings, Settings
from lorewright.store import Store, decide, examples
from scripted import MODEL, ScriptedAsker, said

BOTH = Settings(generation=GenerationSettings(teacher="conversations+controls"))
SETTINGS = Settings(generation=GenerationSettings(teacher="conversations"))
CONTROLS = Settings(generation=GenerationSettings(teacher="controls"))
FILE = a_source("talks.json")


def numbered(number: int) -> Conversation:
    """One whose turns no other one has."""
    talk = a_talk()
    for turn in talk["turns"]:
        turn["content"] = " ".join(f"{word}{number}" for word in turn["content"].split())
    return a_conversation(raw_of(talk), number=number, made_from=(FILE.ref,))


def keep(store: Store, *numbers: int) -> list[Conversation]:
    store.put_blob(b"talks.json")
    kept = [numbered(number) for number in numbers]
    store.put(a_recipe("converse"), FILE, *KEPT, MODEL, *kept)
    return kept


def through(store: Store, settings: Settings = SETTINGS) -> None:
    enrich_conversations(store, settings)
    make_examples(store, settings)


def test_one_example_each_and_never_twice(store: Store) -> None:
    kept = keep(store, *range(1, 71))
    enrich_conversations(store, SETTINGS)
    first, second = make_examples(store, SETTINGS), make_examples(store, SETTINGS)

    assert (first.accepted, second.requested) == (70, 0)
    made = list(store.get_many(conversation_examples(store, SETTINGS), Example))
    assert {one.made_from[0] for one in made} == {one.ref for one in kept}
    assert {one.ungrounded for one in made} == {
        "it was brought in as a conversation, which cites no document"
    }


def test_what_no_stage_let_through_is_a_rejection(store: Store) -> None:
    keep(store, 1)
    talk = a_talk()
    talk["turns"][2]["role"] = "client"
    store.put(a_conversation(raw_of(talk), number=2))
    through(store)

    (rejection,) = store.get_many(store.names(Rejection.kind), Rejection)
    assert (rejection.step, rejection.reason) == ("examples", "validation_failed")
    assert len(list(conversation_examples(store, SETTINGS))) == 1


def test_a_control_header_is_another_example(store: Store) -> None:
    keep(store, 1)
    through(store)
    steered = SETTINGS.model_copy(update={"examples": ExampleSettings(control_header=True)})
    with pytest.raises(NotYet, match="have not gone through `lorewright enrich`"):
        list(conversation_examples(store, steered))
    make_examples(store, steered)
    (example,) = store.get_many(conversation_examples(store, steered), Example)

    assert "emotional_arc: fear_to_confidence" in example.turns[0].text
    assert len(list(conversation_examples(store, SETTINGS))) == 1


def test_counterparts_are_taken_only_when_they_are_named(store: Store) -> None:
    keep(store, 1, 2)
    through(store)

    def answers(request: Request, _purpose: Purpose) -> str:
        shown = " ".join(message.text for message in request.messages)
        number = 1 if "carry1" in shown else 2
        turns = [one for one in a_talk()["turns"] if one["role"] == "assistant"]
        said_by = [" ".join(f"{w}{number}" for w in one["content"].split()) for one in turns]
        return said(answers=said_by)

    asker = ScriptedAsker(answers)
    do_all([ControlWork(store, SETTINGS, asker)], store)
    through(store)
    plain, neutral = (set(conversation_examples(store, one)) for one in (SETTINGS, CONTROLS))

    assert (len(plain), len(neutral)) == (2, 2)
    assert not plain & neutral
    assert set(conversation_examples(store, BOTH)) == plain | neutral


def test_a_dataset_of_conversations_needs_no_document(store: Store) -> None:
    keep(store, *range(1, 21))
    through(store)
    assert documents_for(store, SETTINGS) == []
    data = curate_dataset(store, SETTINGS, name="talks")

    assert data.requested == data.accepted + sum(one.count for one in data.rejected_by_reason)
    assert data.accepted >= 15
    assert FILE.ref in data.made_from
    taught = list(examples(store, data, Split.TRAIN))
    texts = taught_texts(store, data)
    assert taught
    assert all(turn.text in texts for turn in taught[0].turns if turn.role != "assistant")
    assert not {one.answer for one in taught} & set(texts)
    assert next_command(store, SETTINGS) == "train"


def test_held_out_conversations_are_not_read_by_the_base(store: Store) -> None:
    keep(store, *range(1, 41))
    through(store)
    data = curate_dataset(store, SETTINGS, name="talks")
    texts = set(taught_texts(store, data))
    held_out = [*examples(store, data, Split.TRANSFER), *examples(store, data, Split.VALID)]

    assert held_out
    assert not texts & {one.question for one in held_out}


def test_a_withdrawn_file_takes_its_conversations_along(store: Store) -> None:
    keep(store, 1, 2)
    through(store)
    decide(store, FILE.ref, Verb.WITHDRAW, by="Ada", why="the client asked for it")

    with pytest.raises(NotYet, match="there are no conversations to make a dataset of"):
        candidates(store, SETTINGS)


def test_without_conversations_it_says_where_they_come_from(store: Store) -> None:
    with pytest.raises(NotYet, match="there are no conversations and no controls") as caught:
        candidates(store, BOTH)
    assert "lorewright import FILE" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "teacher", ["", "+", "pairs+", "one+two", "pairs+pairs", "a+conversations+b"]
)
def test_a_teacher_that_cannot_be_is_refused(teacher: str) -> None:
    with pytest.raises(ValueError, match="teacher"):
        GenerationSettings(teacher=teacher)


@pytest.mark.parametrize(
    ("teacher", "needs", "generator"),
    [
        ("extractive", True, "extractive"),
        ("pairs", True, None),
        ("conversations", False, None),
        ("controls+deliberations", False, None),
        ("extractive+conversations+pairs", True, "extractive"),
    ],
)
def test_what_a_teacher_names(teacher: str, generator: str | None, *, needs: bool) -> None:
    settings = GenerationSettings(teacher=teacher)
    chosen = settings.by_generator

    assert settings.needs_documents is needs
    assert (chosen.teacher if chosen else None) == generator
