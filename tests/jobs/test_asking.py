"""Typed answers through the ledger: a walk that ended well is free, one that failed begins anew."""

import asyncio
from decimal import Decimal

import pytest
from pydantic import BaseModel

from builders import keep_document
from jobs.chats import FakeChat, FlatPricer, Script, a_purpose, a_reply
from lorewright.errors import BadReply
from lorewright.jobs.caller import Caller
from lorewright.llms import Answer, Message, Rendered, ask
from lorewright.records import Document, Prompt
from lorewright.settings import TeacherSettings
from lorewright.store import Store, every_call

QUESTION = Rendered(
    Prompt(name="analyze/often", text="# Task\nHow often?"), (Message("user", "How often?"),)
)


class Often(BaseModel):
    times: int


@pytest.fixture
def document(store: Store) -> Document:
    return keep_document(store)


def asked(store: Store, document: Document, chat: FakeChat) -> Answer[Often]:
    async def go() -> Answer[Often]:
        async with Caller(chat, store, TeacherSettings(), pricer=FlatPricer()) as caller:
            return await ask(caller, QUESTION, Often, a_purpose(document))

    return asyncio.run(go())


def answers(*texts: str) -> Script:
    return lambda number: a_reply(texts[number % len(texts)])


def test_a_walk_that_ended_well_is_walked_again_for_free(store: Store, document: Document) -> None:
    chat = FakeChat(answers('{"times": "often"}', '{"times": 3}'))

    first = asked(store, document, chat)
    second = asked(store, document, chat)

    assert first.value == second.value == Often(times=3)
    assert first.calls == second.calls
    assert (first.cost > 0, second.cost) == (True, Decimal(0))
    assert chat.attempts == 2
    assert {one.state for one in every_call(store)} == {"complete"}


def test_a_walk_that_led_nowhere_begins_anew(store: Store, document: Document) -> None:
    chat = FakeChat(answers('{"times": "a"}', '{"times": "b"}', '{"times": "c"}', '{"times": 4}'))

    with pytest.raises(BadReply, match="times"):
        asked(store, document, chat)
    assert [one.state for one in every_call(store)] == ["unusable"] * 3

    assert asked(store, document, chat).value == Often(times=4)
    assert chat.attempts == 4
