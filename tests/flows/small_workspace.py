"""A workspace with a small document, as far as a test needs it."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from lorewright.flows.analyses import describe_documents
from lorewright.flows.current import current_documents
from lorewright.flows.documents import analyze_documents, ingest_files
from lorewright.lineage import Ref
from lorewright.records import Chunk, ChunkType
from lorewright.settings import Settings
from lorewright.store import Store, Workspace

TEXT = """# Pumps

A pump moves water from one place to another. Brown (2011) found that 40 of 60 pumps leak \
because nobody oils them. It follows that oil is cheaper than water.

To prime a pump:

1. Close the outlet valve.
2. Fill the housing with water and oil.
3. Open the vent until no air comes out.

# =Formulas+ in headings

Do not let a spreadsheet calculate what a book says, since nobody asked it to.
"""


class Small:
    """An open store, its settings and the place of its workspace."""

    def __init__(self, workspace: Workspace, store: Store, settings: Settings) -> None:
        self.workspace = workspace
        self.store = store
        self.settings = settings

    @property
    def document(self) -> Ref:
        return current_documents(self.store)[0]

    def chunk(self, kind: ChunkType = ChunkType.INSTRUCTIONAL_UNIT) -> Chunk:
        chunks = self.store.get_many(self.store.names(Chunk.kind), Chunk)
        return next(one for one in chunks if one.chunk_type is kind)

    def analyze(self) -> None:
        analyze_documents(self.store, self.settings)
        describe_documents(self.store, self.settings)


@contextmanager
def small(folder: Path, *, text: str = TEXT, settings: Settings | None = None) -> Generator[Small]:
    """A workspace into which `text` was brought in."""
    file = folder / "pumps.md"
    file.write_text(text, encoding="utf-8")
    workspace = Workspace(folder / "workspace")
    workspace.make()
    chosen = settings or Settings()
    with workspace.open(chosen) as store:
        ingest_files([file], store=store)
        yield Small(workspace, store, chosen)
