"""What scenarios may be about beside the catalogue: named topics, and held-out sections."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lorewright.conversations.catalogues import TOPICS, Complexity, Topic, entry_record
from lorewright.errors import NotYet, Unreadable
from lorewright.evaluate.scenarios import MOST_CHARACTERS
from lorewright.flows.files import read_file
from lorewright.lineage import Ref
from lorewright.prose import is_apparatus
from lorewright.records import Dataset, Document, Split
from lorewright.store import Store, held_out_sections, refuse_withdrawn

LEAST_SECTION = 200
"""Characters of a section that there is something to ask about."""
LONGEST_TOPIC = 300


@dataclass(frozen=True, slots=True)
class Place:
    """A section that nothing was trained on, as something to ask about."""

    topic: Topic
    document: Ref
    start: int
    passage: str
    """As much of it as is told."""


def named_topics(store: Store, file: Path) -> tuple[Ref, ...]:
    """The topics of a file, one a line, kept as entries of the operator's.

    Raises:
        Unreadable: when it cannot be read, or names no topic.
    """
    try:
        lines = read_file(file).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise Unreadable("the file is not UTF-8 text", where=str(file)) from error
    said = [" ".join(line.split()) for line in lines]
    wanted = list(dict.fromkeys(one for one in said if one and not one.startswith("#")))
    if not wanted:
        raise Unreadable(
            "the file names no topic", where=str(file), hint="write one topic into each line"
        )
    for number, one in enumerate(wanted, start=1):
        if len(one) > LONGEST_TOPIC or not one.isprintable():
            raise Unreadable(
                f"topic {number} is no line of at most {LONGEST_TOPIC} characters", where=str(file)
            )
    entries = [entry_record(TOPICS, _topic(one, one, "named"), own=True) for one in wanted]
    store.put(*entries)
    return tuple(one.ref for one in entries)


def held_out_places(store: Store, dataset: Ref) -> Iterator[Place]:
    """The sections that a dataset keeps for the transfer test, as far as they say something.

    Raises:
        NotYet: when there is none that could be asked about.
        Refused: when its document rests on a withdrawn source.
        Erased: when its document was erased.
    """
    found = False
    for one in held_out_sections(store, store.get(dataset, Dataset)):
        if one.split is not Split.TRANSFER:
            continue
        refuse_withdrawn(store, [one.document], doing="asking about")
        place = _place(store.document(one.document), one.start)
        if place is not None:
            found = True
            yield place
    if not found:
        raise NotYet(
            "the dataset keeps no section out that could be asked about",
            hint="name topics that nothing was trained on, with --topics FILE",
        )


def _place(document: Document, start: int) -> Place | None:
    section = document.section_at(start)
    words = document.words[section.start : section.end].strip()
    if is_apparatus(section) or len(words) < LEAST_SECTION:
        return None
    heading = section.heading or document.title
    key = _key(heading, f"{document.ref.id} {start}")
    topic = _topic(heading, f"Part of {document.title!r}.", "held out", key=key)
    return Place(topic, document.ref, start, words[:MOST_CHARACTERS])


def _topic(name: str, description: str, category: str, *, key: str | None = None) -> Topic:
    return Topic(
        key=key or _key(name, name),
        name=name,
        category=category,
        complexity=Complexity.INTERMEDIATE,
        description=description,
    )


def _key(name: str, said: str) -> str:
    """A key that people can read, and that is like no other."""
    digest = hashlib.blake2b(said.encode(), digest_size=4).hexdigest()
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    return f"{slug}_{digest}" if slug else f"topic_{digest}"
