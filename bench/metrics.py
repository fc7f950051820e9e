"""How long the metrics of advice take for one answer, and those of a set for a set."""

import json
import time
from collections.abc import Callable, Sequence

from books import CORPUS
from lorewright.measures import distinct, mtld, near_pairs, self_bleu, vendi
from lorewright.measures.advice import Setting, learn_signature, lexicon, measure_advice
from measuring import spread
from page import Section

RUNS = 5
GOAL_MS = 10.0
FILE = CORPUS / "eq12" / "EQ-12-conversations-demo.json"
LONG = 1_000_000
"""Characters of the longest answer."""


def measure() -> Section:
    """Measure every answer of twelve conversations, alone and as a set."""
    found = _answers()
    answers = [answer for answer, _ in found]
    known = lexicon()
    signature = learn_signature(answers, [setting.prompt for _, setting in found])
    length = sum(map(len, answers)) // len(answers)
    long = "\n".join(answers * (LONG // sum(map(len, answers)) + 1))[:LONG]

    def all_metrics() -> None:
        for answer, setting in found:
            measure_advice(answer, setting, known=known, signature=signature)

    return Section(
        title="Measure advice",
        about=f"{len(found)} answers of the twelve EQ-12 conversations, {length:,} characters in "
        f"the mean, in CPU time; {RUNS} runs in one process after one that is not counted. The "
        f"goal is {GOAL_MS:.0f} ms for the thirteen metrics of one answer. The signature is learnt "
        "against what the clients say.",
        columns=["what", "milliseconds", "for"],
        rows=[
            _row("the 13 metrics", all_metrics, "one answer", parts=len(found)),
            _row(
                "the 13 metrics",
                lambda: measure_advice(long, known=known, signature=signature),
                f"one answer of {LONG:,} characters",
            ),
            _row(
                "learn the signature",
                lambda: learn_signature(answers, [setting.prompt for _, setting in found]),
                "the set",
            ),
            _row(
                "distinct-1, -2 and -3",
                lambda: [distinct(answers, n) for n in (1, 2, 3)],
                "the set",
            ),
            _row("MTLD", lambda: mtld(answers), "the set"),
            _row("Vendi score", lambda: vendi(answers), "the set"),
            _row("self-BLEU-4", lambda: self_bleu(answers), "the set"),
            _row("pairs with 8 words in common", lambda: near_pairs(answers), "the set"),
        ],
    )


def _answers() -> Sequence[tuple[str, Setting]]:
    conversations = json.loads(FILE.read_text(encoding="utf-8"))["conversations"]
    return [
        (pair["target_response"], Setting(pair["current_user_input"]))
        for one in conversations
        for pair in one["training_pairs"]
        if pair["target_response"]
    ]


def _row(name: str, work: Callable[[], object], what: str, *, parts: int = 1) -> list[str]:
    work()
    taken: list[float] = []
    for _ in range(RUNS):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1000 / parts)
    return [name, spread(taken).shown("ms", digits=1), what]
