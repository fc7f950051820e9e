"""A request is known by all of what it says."""

import hashlib
from dataclasses import replace
from decimal import Decimal

from lorewright.lineage import canonical_bytes
from lorewright.llms.wire import Message, Request, Shape

SHAPE = Shape("Pair", {"type": "object", "properties": {"é": {"type": "string"}}})
REQUEST = Request(
    (Message("system", "Be brief."), Message("user", "“Why?”", ends_prefix=True)),
    max_tokens=300,
    shape=SHAPE,
    means="schema",
    temperature=Decimal("0.7"),
)


def test_a_fingerprint_is_that_of_one_canonical_object() -> None:
    for request in (REQUEST, replace(REQUEST, shape=None, means="prose", temperature=None)):
        whole = {
            "messages": [[one.role, one.text, one.ends_prefix] for one in request.messages],
            "max_tokens": request.max_tokens,
            "shape": [request.shape.name, request.shape.schema] if request.shape else None,
            "means": request.means,
            "temperature": None if request.temperature is None else str(request.temperature),
        }
        assert request.fingerprint == hashlib.sha256(canonical_bytes(whole)).digest()


def test_whatever_is_said_otherwise_is_another_request() -> None:
    others = [
        replace(REQUEST, messages=REQUEST.messages[:1]),
        replace(REQUEST, max_tokens=301),
        replace(REQUEST, shape=Shape("Other", SHAPE.schema)),
        replace(REQUEST, shape=Shape("Pair", {"type": "object"})),
        replace(REQUEST, means="tool"),
        replace(REQUEST, temperature=None),
    ]

    assert len({REQUEST.fingerprint, *(one.fingerprint for one in others)}) == len(others) + 1
