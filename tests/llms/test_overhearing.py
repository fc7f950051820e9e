"""Whoever listens knows whether a rehearsal answered, and changes nothing."""

import asyncio
from decimal import Decimal

import pytest

from lorewright.llms import Abilities, Call, Message, Purpose, Reply, Request, Stop, Usage
from lorewright.llms.overhearing import Overhearing
from scripted import ScriptedAsker

REQUEST = Request((Message("user", "Well?"),), 10)


class Named(ScriptedAsker):
    """Replies under a name."""

    def __init__(self, name: str, *, rehearsed: bool = False) -> None:
        super().__init__([])
        self.can = Abilities(rehearsed=rehearsed)
        self._name = name

    async def call(self, request: Request, purpose: Purpose) -> Call:
        del purpose
        return Call(
            Reply("Yes.", Stop.END, Usage(), b"", self._name), Decimal(0), request.fingerprint
        )


def heard(asker: ScriptedAsker) -> Overhearing:
    listening = Overhearing(asker)
    call = asyncio.run(listening.call(REQUEST, Purpose("x", ())))
    assert call.reply.text == "Yes."
    return listening


@pytest.mark.parametrize(
    ("asker", "rehearses"),
    [
        (Named("gpt-4.1"), False),
        (Named("loopback"), True),
        (Named("gpt-4.1", rehearsed=True), True),
    ],
)
def test_a_rehearsal_is_known_by_what_it_declares_or_by_its_name(
    asker: Named, *, rehearses: bool
) -> None:
    assert heard(asker).rehearses is rehearses


def test_before_the_first_word_only_the_declaration_counts() -> None:
    assert not Overhearing(Named("loopback")).rehearses
    assert Overhearing(Named("x", rehearsed=True)).rehearses


def test_whatever_else_is_asked_of_it_the_one_inside_says() -> None:
    inner = Named("x")
    listening = Overhearing(inner)
    asyncio.run(listening.discard([b"key"]))

    assert inner.discarded == [b"key"]
    assert (listening.model, listening.can) == (inner.model, inner.can)
    assert (listening.most_tokens, listening.temperature, listening.asks_again) == (
        inner.most_tokens,
        inner.temperature,
        inner.asks_again,
    )
