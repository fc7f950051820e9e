"""A teacher without a language model: it reads the prompt as one would and answers from it."""

import json
import re
from collections.abc import Callable
from typing import Any

from lorewright.llms import Purpose, Request

BLOCK = re.compile(r"<<<source ([0-9a-f]{16})\n(.*?)\nsource \1>>>", re.DOTALL)
WANTED = re.compile(r"^\d+\. `(\w+)`:.*?(?:turn on fact (\d+)\.)?$", re.MULTILINE)
FOLLOW_UPS = re.compile(r"^In (\d+) of the pairs", re.MULTILINE)
SENTENCE = re.compile(r"[A-Z][^.!?\n|]{30,}[.!?]")

Bend = Callable[[dict[str, Any], int], dict[str, Any]]
"""Makes another pair of a good one, to see what becomes of it; told which pair of a reply."""


def blocks(text: str) -> list[str]:
    """What stands between the marks."""
    return [found[2] for found in BLOCK.finditer(text)]


def material(request: Request) -> list[str]:
    """The passages of a prompt, without what is said about the work."""
    found = blocks(request.messages[1].text)
    return found[1:] if len(found) > 1 else found


class Reciter:
    """Answers every order with pairs made of the sentences of its passages."""

    def __init__(self, *, facts: int = 2, bend: Bend | None = None) -> None:
        self._facts = facts
        self._bend: Bend = bend or as_it_is
        self.calls: list[str] = []

    def __call__(self, request: Request, purpose: Purpose) -> str:
        self.calls.append(purpose.name)
        assert request.shape is not None
        passages = material(request)
        if request.shape.name == "FactsDraft":
            said = sentences(passages[0])[: self._facts]
            return json.dumps({"facts": [{"statement": one, "quotes": [one]} for one in said]})
        return json.dumps({"pairs": list(self._pairs(request, purpose, passages))})

    def _pairs(
        self, request: Request, purpose: Purpose, passages: list[str]
    ) -> list[dict[str, Any]]:
        task = request.messages[-1].text
        facts = [one for one in blocks(task) if one in sentences(passages[0])]
        wanted = WANTED.findall(task)
        going_on = FOLLOW_UPS.search(task)
        follow_ups = int(going_on[1]) if going_on else 0
        said = sentences(passages[0]) or passages[:1]
        found: list[dict[str, Any]] = []
        for at, (form, fact) in enumerate(wanted):
            turning = facts[int(fact) - 1] if fact and int(fact) <= len(facts) else None
            quote = turning or said[(at + purpose.draw) % len(said)]
            others = [sentences(one)[0] for one in passages[1:] if sentences(one)]
            pair = pair_about(quote, others, form, f"{purpose.name} {purpose.draw}")
            if at < follow_ups:
                pair["follow_ups"] = [follow_up(said[(at + 1) % len(said)], form, purpose.name)]
            found.append(self._bend(pair, at))
        return found


def as_it_is(pair: dict[str, Any], _at: int) -> dict[str, Any]:
    return pair


def pair_about(quote: str, others: list[str], form: str, salt: str) -> dict[str, Any]:
    subject = " ".join(quote.split()[:6]).strip(" ,;:")
    return {
        "question": f"Could you {form} ({salt}) for me the matter of {subject}?",
        "answer": " ".join(["In practice it comes to this.", quote, *others]),
        "quotes": [quote, *others],
        "task_form": form,
        "difficulty": "Intermediate",
        "prerequisite_knowledge": "",
        "style_directives": "calm and concrete",
        "follow_ups": [],
        "beyond": "An expert would add that no single case decides it.",
    }


def follow_up(quote: str, form: str, salt: str) -> dict[str, Any]:
    subject = " ".join(quote.split()[:6]).strip(" ,;:")
    return {
        "question": f"And how does that bear ({form}, {salt}) on {subject}?",
        "answer": f"It bears on it in this way. {quote}",
        "quotes": [quote],
    }


def sentences(text: str) -> list[str]:
    """Whole sentences of a passage, long enough to be quoted."""
    return [found[0] for found in SENTENCE.finditer(text)]
