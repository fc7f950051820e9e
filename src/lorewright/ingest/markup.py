"""XML parts of documents, read with a parser that expands nothing."""

from collections.abc import Callable
from xml.parsers import expat

OnStart = Callable[[str, dict[str, str]], None]

DEEPEST = 250
"""Elements within elements."""
MOST_ELEMENTS = 3_000_000


class UnsafeMarkup(Exception):
    """What is wrong with an XML part, as the second half of a sentence."""


def scan(
    raw: bytes,
    *,
    on_start: OnStart | None = None,
    on_end: Callable[[str], None] | None = None,
    on_words: Callable[[str], None] | None = None,
) -> None:
    """Go through an XML part; names are told as `namespace}name`.

    Raises:
        UnsafeMarkup: when it is not well-formed, declares a document type of its own or
            entities, or nests and repeats without measure.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    counted = _Counted(on_start, on_end)
    parser.StartElementHandler = counted.start
    parser.EndElementHandler = counted.end
    parser.StartDoctypeDeclHandler = _refuse_own_doctype
    parser.EntityDeclHandler = _refuse_entities
    parser.buffer_text = True
    if on_words:
        parser.CharacterDataHandler = on_words
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise UnsafeMarkup(
            f"is no whole XML: {expat.ErrorString(error.code)}, line {error.lineno}"
        ) from error


class _Counted:
    """Counts elements, and hands them on."""

    def __init__(
        self,
        on_start: OnStart | None,
        on_end: Callable[[str], None] | None,
    ) -> None:
        self._on_start = on_start
        self._on_end = on_end
        self._depth = 0
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            raise UnsafeMarkup("nests or repeats its elements without measure")
        if self._on_start:
            self._on_start(name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._on_end:
            self._on_end(name)


def _refuse_own_doctype(
    name: str, system_id: str | None, public_id: str | None, has_internal_subset: int
) -> None:
    del system_id, public_id  # nothing is ever fetched
    if has_internal_subset:
        raise UnsafeMarkup(f"declares a document type of its own ({name})")


def _refuse_entities(name: str, *_: object) -> None:
    raise UnsafeMarkup(f"declares the entity {name!r}, which could expand without end")


def facts_in(raw: bytes) -> dict[str, str]:
    """What the properties of a document say: the words of each element that holds only words.

    Names come without namespace. Of elements that repeat, the words are joined by commas.

    Raises:
        UnsafeMarkup: as `scan` does.
    """
    facts: dict[str, str] = {}
    words: list[str] = []

    def end(name: str) -> None:
        said = " ".join("".join(words).split())
        words.clear()
        key = name.rpartition("}")[2]
        if said and said != facts.get(key):
            facts[key] = f"{facts[key]}, {said}" if key in facts else said

    def start(_name: str, _attributes: dict[str, str]) -> None:
        words.clear()

    scan(raw, on_start=start, on_end=end, on_words=words.append)
    return facts
