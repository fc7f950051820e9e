"""Topics are read line by line, and sections that were held out are something to ask about."""

from pathlib import Path

import pytest

from flows.learnt import a_dataset_of, a_held_out_section, an_example
from lorewright.errors import NotYet, Refused, Unreadable
from lorewright.flows.scenario_topics import held_out_places, named_topics
from lorewright.flows.sources import withdraw_source
from lorewright.store import Store


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"# nothing\n", "no topic"),
        (b"x" * 301, "at most 300"),
        (b"bell \x07", "topic 1"),
    ],
)
def test_a_file_that_names_no_topics_says_so(
    store: Store, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "topics.txt"
    file.write_bytes(content)

    with pytest.raises(Unreadable, match=said):
        named_topics(store, file)


def test_a_section_is_told_as_far_as_it_fits(store: Store) -> None:
    book, start, dataset = a_held_out_section(store)

    (place,) = held_out_places(store, dataset)

    assert (place.document, place.start, place.topic.name) == (book, start, "Walls")
    assert place.passage.startswith("# Walls")
    assert len(place.passage) <= 1_500


def test_a_withdrawn_document_is_not_asked_about(store: Store) -> None:
    book, _, dataset = a_held_out_section(store)
    withdraw_source(store, store.document(book).made_from[0], why="asked to", by="ann")

    with pytest.raises(Refused, match="withdrawn"):
        list(held_out_places(store, dataset))


def test_a_dataset_that_holds_nothing_out_is_told(store: Store) -> None:
    dataset = a_dataset_of(store, [an_example("So?")])

    with pytest.raises(NotYet, match="no section out"):
        list(held_out_places(store, dataset.ref))
