"""From stored catalogue entries to the shapes that the stages use."""

from collections.abc import Iterable

from pydantic import BaseModel, ValidationError

from lorewright.conversations.catalogues import Arc, Consultant, Persona, Topic
from lorewright.conversations.enriching.layers import Entries
from lorewright.records import CatalogueEntry

SHAPES: dict[str, type[Persona] | type[Arc] | type[Topic] | type[Consultant]] = {
    "personas": Persona,
    "arcs": Arc,
    "topics": Topic,
    "consultants": Consultant,
}
"""What stands in an entry of each catalogue that a conversation is set up with."""


def shape_of(entry: CatalogueEntry) -> BaseModel | str | None:
    """The entry in its shape; a sentence when it has none; None when no stage uses it."""
    shape = SHAPES.get(entry.catalogue)
    if shape is None:
        return None
    try:
        return shape.model_validate({"key": entry.key, **entry.content})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "as a whole"
        return f"{entry.key} of {entry.catalogue} is off: {place}: {first['msg'].lower()}"


def entries_of(kept: Iterable[CatalogueEntry]) -> Entries:
    """Everything that the stages use of what a conversation was made from.

    Of two entries of one catalogue the last counts.
    """
    found = [(entry.ref, entry.catalogue, shape_of(entry)) for entry in kept]
    by_catalogue = {catalogue: shape for _, catalogue, shape in found}
    persona, arc, topic, consultant = (by_catalogue.get(name) for name in SHAPES)
    return Entries(
        persona=persona if isinstance(persona, Persona) else None,
        arc=arc if isinstance(arc, Arc) else None,
        topic=topic if isinstance(topic, Topic) else None,
        consultant=consultant if isinstance(consultant, Consultant) else None,
        refs=tuple(ref for ref, _, shape in found if isinstance(shape, BaseModel)),
        unreadable=tuple(shape for _, _, shape in found if isinstance(shape, str)),
    )
