"""Describing is a step of its own: once per chunk and set of rules, and nothing is lost."""

from pathlib import Path

import pytest

from flows.small_workspace import Small, small
from lorewright.errors import BadSettings, NotYet
from lorewright.flows.analyses import analyses, analysis_of, describe_documents
from lorewright.flows.documents import analyze_documents, ingest_files
from lorewright.records import Categorisation, Chunk, ChunkAnalysis
from lorewright.settings import Settings
from lorewright.store import Erasure, erase, verify

MINE = """belonging = ["no", "hardly", "some", "much", "all"]
tag = []
[[category]]
key = "water"
name = "Water"
value = "high"
meaning = "all that flows"
"""


def kinds(here: Small) -> tuple[int, int, int]:
    counts = here.store.counts()
    kinds = (Chunk.kind, ChunkAnalysis.kind, Categorisation.kind)
    first, second, third = (counts.get(kind, 0) for kind in kinds)
    return first, second, third


def test_every_chunk_has_one_analysis_and_every_document_one_categorisation(here: Small) -> None:
    chunks, described, categorised = kinds(here)
    found = list(analyses(here.store, here.settings, here.document))

    assert chunks == described == len({one.chunk for one in found}) > 2
    assert categorised == 1


def test_what_was_described_is_not_described_again(here: Small) -> None:
    before = kinds(here)

    again = describe_documents(here.store, here.settings)

    assert again.again == again.pieces == 2
    assert (again.requested, again.accepted) == (before[1] + 1, before[1] + 1)
    assert kinds(here) == before


def test_another_catalogue_describes_again(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MINE, encoding="utf-8")
    with small(tmp_path) as here:
        here.analyze()
        here.settings = Settings.model_validate({"analysis": {"categories": file}})
        with pytest.raises(NotYet, match="not described with these settings"):
            list(analyses(here.store, here.settings, here.document))
        assert analysis_of(here.store, here.settings, here.chunk()) is not None

        assert describe_documents(here.store, here.settings).again == 0
        assert list(analyses(here.store, here.settings, here.document))

        file.write_text("belonging = 7\n", encoding="utf-8")
        with pytest.raises(BadSettings, match="belonging"):
            describe_documents(here.store, here.settings)


def test_a_document_without_chunks_is_left_to_the_step_before(tmp_path: Path) -> None:
    with small(tmp_path) as here:
        report = describe_documents(here.store, here.settings)

        assert report.pieces == report.accepted == 1
        assert not report.failed
        assert analysis_of(here.store, here.settings, a_chunk_of(here)) is None


def a_chunk_of(here: Small) -> Chunk:
    analyze_documents(here.store, here.settings)
    return here.chunk()


def test_an_erased_source_takes_its_analyses_with_it_and_all_stays_intact(
    here: Small, tmp_path: Path
) -> None:
    other = tmp_path / "valves.md"
    other.write_text("# Valves\n\nA valve stops the water in a pipe at once.\n", encoding="utf-8")
    ingest_files([other], store=here.store)
    here.analyze()
    chunk = here.chunk()
    source = here.store.parents(chunk.document)[0]
    before = kinds(here)

    done: Erasure = erase(here.store, source, here.workspace.folder, why="a test")
    after = kinds(here)

    assert {ref.kind for ref in done.erased} >= {ChunkAnalysis.kind, Chunk.kind}
    assert 0 < after[1] < before[1]
    assert after[2] == before[2]
    assert not verify(here.store, here.workspace.folder).problems
    assert list(analyses(here.store, here.settings, here.document))
