"""Where words stand in the original, as people say it: pages, and who spoke when."""

from lorewright.records import Document


def page_of(document: Document, start: int, end: int) -> str | None:
    """`p. 12` or `pp. 12-13`; None for a document without pages."""
    found = document.pages_of(start, end)
    if found is None:
        return None
    first, last = found
    return f"p. {first}" if first == last else f"pp. {first}-{last}"


def moment_of(document: Document, start: int, end: int) -> str | None:
    """`Ada, 00:14:03`, or the time alone; None for anything but a transcript.

    Words of several moments are where the first one begins; all who speak are named.
    """
    found = document.moments_of(start, end)
    if not found:
        return None
    seconds = found[0].from_ms // 1_000
    time = f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    speakers = dict.fromkeys(moment.speaker for moment in found if moment.speaker)
    return ", ".join([*speakers, time])
