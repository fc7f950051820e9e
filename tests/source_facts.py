"""Sources and statements for tests of what is written about them."""

from builders import a_source
from lorewright.release import SourceFacts


def a_source_fact(
    *,
    file_name: str = "handbook.md",
    title: str = "The Handbook",
    licence: str = "CC-BY-4.0",
    author: str | None = "Ada Lovelace",
    date: str | None = "1843-09",
    origin: str | None = None,
    media_type: str = "text/markdown",
) -> SourceFacts:
    source = a_source(file_name=file_name, licence=licence, origin=origin)
    return SourceFacts(
        ref=source.ref,
        file_name=file_name,
        media_type=media_type,
        sha256=source.content.sha256,
        size=source.content.size,
        licence=licence,
        corrected=None,
        origin=origin,
        title=title,
        author=author,
        date=date,
        language="en",
        examples=3,
        characters=100,
        covered=40,
    )
