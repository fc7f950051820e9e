"""Run as a program: two hundred pieces of work in the workspace named by the argument.

It says `begun` when its work begins, so that whoever kills it can kill it in the midst.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from jobs.pieces import a_document_in, a_step, some_pieces, three_each
from lorewright.jobs import run
from lorewright.records import Record
from lorewright.settings import Settings
from lorewright.store import Workspace

PIECES = 200


def work_in(folder: Path) -> None:
    workspace = Workspace(folder)
    workspace.make()
    with workspace.open(Settings()) as store:
        document = a_document_in(store)
        step = a_step(store)
        print("begun", flush=True)  # noqa: T201 - the parent waits for it

        def work(number: int) -> Iterator[Record]:
            store.put_blob(f"blob {number}".encode())
            yield from three_each(document)(number)

        run(some_pieces(PIECES, work), step=step, store=store)


if __name__ == "__main__":
    work_in(Path(sys.argv[1]))
