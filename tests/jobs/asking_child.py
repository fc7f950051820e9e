"""Run as a program: asks two hundred questions in a workspace that others ask in as well.

Arguments: the workspace's folder, the database's URL or nothing, the most it may cost or
nothing, the first question and how many there are. Each attempt is a line in the file `paid`
beside the workspace, written before it is made: a provider's bill, as it were.
"""

import asyncio
import sys
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

from builders import keep_document
from jobs.chats import FakeChat, FlatPricer, a_reply
from jobs.pieces import a_step
from jobs.waiting import a_waiting_piece, asking
from lorewright.errors import BudgetReached
from lorewright.jobs import run_waiting
from lorewright.jobs.caller import Caller
from lorewright.llms import Reply, Request
from lorewright.settings import Settings, TeacherSettings
from lorewright.store import Store, Workspace

QUESTIONS = 200
AT_ONCE = 16


class BilledChat(FakeChat):
    """Writes each attempt on the bill before it answers."""

    def __init__(self, bill: Path) -> None:
        super().__init__(lambda number: a_reply(output=1 + number * 37 % 100), wait_s=0.005)
        self._bill = bill

    async def complete(self, request: Request) -> Reply:
        with self._bill.open("a", encoding="utf-8") as bill:
            bill.write(request.messages[0].text + "\n")
        return await super().complete(request)


async def ask(store: Store, bill: Path, budget: Decimal | None, first: int, count: int) -> None:
    document, step = keep_document(store), a_step(store)
    teacher = TeacherSettings(at_once=AT_ONCE, budget_usd=budget)
    async with Caller(BilledChat(bill), store, teacher, pricer=FlatPricer()) as caller:
        work = asking(caller, document)
        pieces = (a_waiting_piece(number, work) for number in range(first, first + count))
        with suppress(BudgetReached):
            await run_waiting(pieces, step=step, store=store, at_once=AT_ONCE)


def main(folder: Path, database: str, budget: str, first: str, count: str) -> None:
    workspace = Workspace(folder)
    workspace.make()
    limit = Decimal(budget) if budget else None
    with workspace.open(Settings(database=database or None)) as store:
        print("begun", flush=True)  # noqa: T201 - the parent waits for it
        asyncio.run(ask(store, folder.parent / "paid", limit, int(first), int(count)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
