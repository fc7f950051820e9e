"""What a file says about itself, in the forms that records want."""

import re
from datetime import UTC, datetime
from pathlib import PurePath


def iso_date(words: str | None) -> str | None:
    """The date in `words` as YYYY, YYYY-MM or YYYY-MM-DD, as exactly as it is given.

    None for anything but an ISO date or an English one with the month in letters: 03/04/2020
    is a day in March to some and in April to others.
    """
    words = (words or "").strip()
    if found := _ISO.match(words):
        form = "%Y-%m-%d"[: 2 + 3 * found[0].count("-")]
        return found[0] if _parsed(found[0], form) else None
    words = _ORDINAL.sub(r"\1", words).replace(",", " ")
    words = " ".join(words.replace(".", " ").split())
    for form, shown in _WRITTEN_DATES.items():
        if date := _parsed(words, form):
            return date.strftime(shown)
    return None


def language_code(words: str | None) -> str | None:
    """The ISO 639-1 code for a tag such as `en-GB` or an English name such as `German`."""
    words = (words or "").strip().lower()
    if words in _LANGUAGES:
        return _LANGUAGES[words]
    tag = re.match(r"([a-z]{2})(?=[-_]|$)", words)
    return tag[1] if tag else None


def title_from(file_name: str) -> str:
    """A title for a file that has none inside: its name, without suffix and dashes."""
    stem = PurePath(file_name).stem or file_name
    return " ".join(re.sub(r"[-_]+", " ", stem).split()) or "Untitled"


def sensible_title(words: str | None, file_name: str) -> str | None:
    """The title in the properties of a file, unless a program made it of the file's name."""
    title = " ".join(_PROGRAM.sub("", words or "").split())
    if not title or len(title) > 300 or _NO_TITLE.fullmatch(title):
        return None
    return None if title.casefold() == file_name.casefold() else title


def sensible_author(words: str | None) -> str | None:
    """The author in the properties of a file, unless it is what a program fills in."""
    author = " ".join((words or "").split())
    return author if 0 < len(author) <= 300 and not _NO_AUTHOR.fullmatch(author) else None


def _parsed(words: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(words, form).replace(tzinfo=UTC)
    except ValueError:
        return None


_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?(?=[T ]|$)")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
_WRITTEN_DATES = {
    "%B %d %Y": "%Y-%m-%d",
    "%b %d %Y": "%Y-%m-%d",
    "%d %B %Y": "%Y-%m-%d",
    "%d %b %Y": "%Y-%m-%d",
    "%B %Y": "%Y-%m",
    "%b %Y": "%Y-%m",
}
_LANGUAGES = {
    "arabic": "ar",
    "chinese": "zh",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hebrew": "he",
    "hungarian": "hu",
    "italian": "it",
    "japanese": "ja",
    "latin": "la",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
}
_PROGRAM = re.compile(r"^Microsoft (?:Word|PowerPoint|Excel)\s*-\s*", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"[\W\d_]*|untitled.*|(?:document|presentation|book|sheet)\s*\d*|no title|title"
    r"|[^\s]*[\\/][^\s]*|.*\.(?:docx?|pdf|rtf|odt|tex|dvi|indd|qxd|pptx?|html?|txt|ps|eps|md)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"[\W\d_]*|(?:microsoft office |default )?users?|admin(?:istrator)?|owner|unknown|author"
    r"|anonymous|root|pc|windows",
    re.IGNORECASE,
)
