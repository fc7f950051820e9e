"""Run as a program: writes examples into a workspace that others write into as well.

Arguments: the workspace's folder, the database's URL or nothing, the writer's number.
"""

import sys
import time
from pathlib import Path

from builders import a_recipe, an_example, keep_document
from lorewright.records import Verb
from lorewright.settings import Settings
from lorewright.store import Workspace, decide, memo_key, withdrawal

EACH = 60


def write(folder: Path, database: str | None, writer: str) -> None:
    settings = Settings(database=database)
    with Workspace(folder).open(settings) as store:
        document = keep_document(store)
        recipe = a_recipe()
        store.put(recipe)
        order = range(EACH) if int(writer) % 2 else reversed(range(EACH))
        for number in order:
            key = memo_key("step", code="1", inputs=[document.ref], recipe=recipe.ref)
            shared = [
                an_example(document, question=f"shared {number} {part}?") for part in range(5)
            ]
            store.submit(shared[:: 1 if int(writer) % 2 else -1]).result()
            own = an_example(document, question=f"of writer {writer}: {number}?")
            store.submit([own], memo=key._replace(digest=number.to_bytes(32, "big"))).result()
            store.put_blob(f"blob {number}".encode())
            if number % 10 == 0:
                decide(store, document.ref, Verb.LICENCE, why="said so", by=writer, value=writer)
        assert withdrawal(store, document.ref) is None
        time.sleep(0)


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3])
