"""Where the real books lie that nobody here wrote."""

import os
from pathlib import Path

CORPUS = Path(os.environ.get("LOREWRIGHT_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))
HANDBOOK = Path(__file__).parents[1] / "src" / "lorewright" / "samples" / "handbook.md"
NIGHTINGALE = CORPUS / "nightingale-notes-on-nursing.txt"
BARNUM = CORPUS / "barnum-art-of-money-getting.txt"


def books() -> list[Path]:
    """The sample handbook, and the two books of the corpus where they are present."""
    return [HANDBOOK, *(book for book in (NIGHTINGALE, BARNUM) if book.is_file())]
