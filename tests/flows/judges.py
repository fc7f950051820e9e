"""A judge for tests: recites scores by rule, and the step that asks it is done piece by piece."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from lorewright.jobs import WaitingPrepared
from lorewright.jobs.work import Work
from lorewright.llms import Purpose, Request
from lorewright.records import Criterion, Record
from lorewright.store import Store, memo_key
from scripted import MODEL, ScriptedAsker

Score = Callable[[str], int]
"""A score for the words of an example as the judge sees them."""


def a_judge(
    score: Score = lambda _words: 8, *, leaves_out: str = "nothing at all"
) -> ScriptedAsker:
    """Answers for every example in the prompt but those that hold some words."""

    def answer(request: Request, purpose: Purpose) -> str:
        del purpose
        task = next(one.text for one in request.messages if "## Example e1" in one.text)
        parts = re.split(r"^## Example (e\d+)$", task, flags=re.MULTILINE)
        examples = zip(parts[1::2], parts[2::2], strict=True)
        said = [_said(id_, words, score) for id_, words in examples if leaves_out not in words]
        return json.dumps({"judged": said})

    return ScriptedAsker(answer)


def _said(id_: str, words: str, score: Score) -> dict[str, Any]:
    ratings: dict[str, dict[str, Any]] = {
        criterion.value: {"reason": "by rule", "score": score(words)} for criterion in Criterion
    }
    ratings["groundedness"]["unsupported"] = []
    return {"id": id_, **ratings}


def do(store: Store, work: Work) -> list[Record]:
    """Do what is not done yet; what it made."""
    store.put(MODEL)
    made: list[Record] = []
    step = work.step
    for shard in work.shards():
        for piece in work.pieces(shard):
            ready = piece.begin()
            key = memo_key(step.name, code=step.code, inputs=ready.inputs, recipe=step.recipe)
            if store.memo(key) is None:
                records = asyncio.run(_made(ready))
                store.submit(records, memo=key).result()
                made += records
    return made


async def _made(ready: WaitingPrepared) -> list[Record]:
    return list(await ready.work())
