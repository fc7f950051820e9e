"""What a training file says of itself beside its conversations: its version, its consultant."""

import tempfile
from collections import Counter
from pathlib import Path

from lorewright.conversations.brightrun.found import Head
from lorewright.conversations.brightrun.reading_files import head_of
from lorewright.conversations.brightrun.writing_totals import About, profile_of
from lorewright.conversations.catalogues import Consultant, catalogues
from lorewright.conversations.enriching import entries_of
from lorewright.errors import LorewrightError
from lorewright.flows.conversation_choice import Choice, Taken
from lorewright.flows.conversation_plans import own_catalogues
from lorewright.flows.training_files import TrainingFile
from lorewright.records import CatalogueEntry, Source
from lorewright.store import Store, Workspace

MOST_OF_A_SOURCE = 64 << 20
"""Bytes of a source file up to which the consultant is looked up in it."""


def consultants_of(choice: Choice) -> tuple[str, ...]:
    """The keys of all consultants that speak, those with most conversations first."""
    counts = Counter(one.consultant for one in choice.taken if one.consultant)
    return tuple(key for key, _ in counts.most_common())


def about_of(workspace: Workspace, store: Store, choice: Choice, version: TrainingFile) -> About:
    """The head of a training file, as far as records know it.

    It shows the consultant that most conversations are with: as the catalogue has it, or as the
    file says that the conversations came from.
    """
    consultant, head = _speaker(workspace, store, choice)
    told = head.metadata.get("vertical")
    return About(
        version.name,
        version=version.version,
        created_date=version.created_date,
        last_updated=version.last_updated,
        vertical=consultant.vertical if consultant else told if isinstance(told, str) else None,
        consultant=profile_of(consultant) if consultant else head.consultant,
        changes=version.changes,
    )


def _speaker(workspace: Workspace, store: Store, choice: Choice) -> tuple[Consultant | None, Head]:
    keys = consultants_of(choice)
    if not keys:
        return None, _head_of_source(store, choice.taken)
    first = next(one for one in choice.taken if one.consultant == keys[0])
    entries = [ref for ref in store.parents(first.conversation) if ref.kind == CatalogueEntry.kind]
    found = entries_of(store.get_many(entries, CatalogueEntry)).consultant
    found = found or catalogues(own_catalogues(workspace)).consultants.get(keys[0])
    return found, Head() if found else _head_of_source(store, [first])


def _head_of_source(store: Store, taken: list[Taken]) -> Head:
    """The head of the first training file that conversations came from and that has one."""
    parents = store.parents(*(one.conversation for one in taken))
    sources = dict.fromkeys(ref for ref in parents if ref.kind == Source.kind)
    for source in store.get_many(sources, Source):
        if source.content.size > MOST_OF_A_SOURCE:
            continue
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / Path(source.file_name).name
            place.write_bytes(store.blobs.get(source.content))
            try:
                head = head_of(place)
            except LorewrightError:
                continue  # it came from another kind of file
        if head.consultant:
            return head
    return Head()
