"""Documents and examples for tests: each call says only what its test cares about."""

import hashlib
from collections.abc import Iterable, Sequence

from lorewright.lineage import Ref
from lorewright.prose import sections
from lorewright.records import Blob, Document, Example, Level, Turn

A_SOURCE = Ref("source", "0" * 64)
A_RECIPE = Ref("recipe", "1" * 64)


def a_document(text: str, *, title: str = "A handbook") -> Document:
    raw = text.encode()
    return Document(
        title=title,
        reader="markdown/1",
        text=Blob(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw)),
        length=len(text),
        sections=sections(text),
        made_from=(A_SOURCE,),
    ).with_text(text)


def an_example(
    question: str,
    answer: str,
    document: Document | None = None,
    *,
    form: str = "advice",
    cites: Sequence[str] | None = None,
    level: Level = Level.CHUNK_PURE,
) -> Example:
    """A pair whose answer stands in `document`, or an ungrounded one without a document."""
    return a_conversation(
        ("user", question), ("assistant", answer), document=document, form=form,
        cites=(answer,) if cites is None else cites, level=level,
    )  # fmt: skip


def a_conversation(
    *turns: tuple[str, str],
    document: Document | None = None,
    form: str = "advice",
    cites: Sequence[str] = (),
    level: Level = Level.CHUNK_PURE,
) -> Example:
    quotes = cites if document else ()
    spans = [(document.words.index(quote), len(quote)) for quote in quotes] if document else []
    return Example.model_validate(
        {
            "turns": [{"role": role, "text": text} for role, text in turns],
            "level": level,
            "task_form": form,
            "teacher": "test",
            "evidence": [document.cite(at, at + size) for at, size in spans] if document else [],
            "ungrounded": None if spans else "made for a test",
            "made_from": (A_RECIPE,),
        }
    )


def documents_of(*documents: Document) -> dict[Ref, Document]:
    return {document.ref: document for document in documents}


def turns_of(example: Example) -> tuple[tuple[str, str], ...]:
    return tuple((turn.role, turn.text) for turn in example.turns)


def a_turn(role: str, text: str) -> Turn:
    return Turn.model_validate({"role": role, "text": text})


def names(examples: Iterable[Example]) -> list[Ref]:
    return [example.ref for example in examples]
