"""Asking until the answer has the shape that was asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import BaseModel

from lorewright.errors import BadReply
from lorewright.llms.asking import Asker, Purpose
from lorewright.llms.parsing import parsed
from lorewright.llms.prompts import Rendered
from lorewright.llms.shapes import shape_of
from lorewright.llms.wire import Message, Request

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A typed answer and what it took."""

    value: T
    cost: Decimal
    """Of all calls that it took, in US dollars."""
    calls: tuple[bytes, ...]
    """Their keys in the ledger, the last one is the one that was taken."""
    text: str
    """The words of the one that was taken, as they came."""


async def ask(
    asker: Asker,
    rendered: Rendered,
    shape: type[T],
    purpose: Purpose,
    *,
    complaint: Callable[[T], str | None] = lambda _value: None,
) -> Answer[T]:
    """Ask for an answer of `shape`; one that is off is sent back with what is wrong with it.

    Args:
        asker: makes the calls.
        rendered: the prompt with its facts.
        shape: what the answer must be.
        purpose: what it is for.
        complaint: what else may be wrong with an answer of the right shape, in words for the
            model; None when nothing is.

    Raises:
        BadReply: when the last answer was still off; it carries the reply as it came.
        ModelError: when a call failed for good.
    """
    messages, cost, calls = rendered.messages, Decimal(0), list[bytes]()
    while True:
        request = Request(
            messages,
            max_tokens=asker.most_tokens,
            shape=shape_of(shape),
            means=asker.can.means[0],
            temperature=asker.temperature,
        )
        call = await asker.call(request, purpose)
        cost += call.cost
        calls.append(call.key)
        try:
            value = parsed(call.reply, shape)
            if said := complaint(value):
                raise BadReply(said, fault="off", raw=call.reply.raw)  # noqa: TRY301 - sent back
        except BadReply as error:
            if len(calls) > asker.asks_again or error.fault not in SENT_BACK:
                await asker.discard(calls)
                raise
            messages = (
                *rendered.messages,
                Message("assistant", call.reply.text or "(nothing)"),
                Message("user", f"That cannot be used: {error.sentence}. Answer again, whole."),
            )
        else:
            return Answer(value, cost, tuple(calls), call.reply.text)


SENT_BACK = frozenset({"empty", "not_json", "wrong_shape", "off", "cut", "unfinished"})
"""What is wrong with an answer that is worth asking again for. A refusal stays one, and an answer
that needs more tokens than it may have needs a smaller question."""
