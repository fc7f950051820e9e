"""Pieces that wait, for tests."""

from collections.abc import Awaitable, Callable, Iterable, Iterator

from builders import an_example
from jobs.chats import a_purpose, a_request
from lorewright.errors import BadReply
from lorewright.jobs import WaitingPiece, WaitingPrepared
from lorewright.jobs.caller import Caller
from lorewright.lineage import Ref
from lorewright.llms import Stop
from lorewright.records import Document, Record

WaitingWork = Callable[[int], Awaitable[Iterable[Record]]]


def a_waiting_piece(number: int, work: WaitingWork) -> WaitingPiece:
    """A piece that is known by its number."""
    label = Ref("recipe", f"{number:064x}")
    return WaitingPiece(f"piece {number}", lambda: WaitingPrepared((label,), lambda: work(number)))


def waiting_pieces(count: int, work: WaitingWork) -> Iterator[WaitingPiece]:
    return (a_waiting_piece(number, work) for number in range(count))


def asking(caller: Caller, document: Document, calls: int = 1) -> WaitingWork:
    """Asks so many questions of its own for each piece, and makes an example of each answer."""

    async def work(number: int) -> Iterable[Record]:
        made: list[Record] = []
        for part in range(calls):
            question = f"{number}.{part}?"
            call = await caller.call(a_request(question), a_purpose(document))
            if call.reply.stop is not Stop.END:
                raise BadReply("the answer was cut off", fault="truncated", raw=call.reply.raw)
            made.append(an_example(document, question=question))
        return made

    return work
