"""Reading transcripts: WebVTT and SRT, with who speaks and when."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lorewright.errors import Unreadable
from lorewright.ingest.declared import language_code, title_from
from lorewright.ingest.decoding import decode
from lorewright.ingest.escaping import escaped
from lorewright.ingest.reading import Reading
from lorewright.records import Moment


class VttReader:
    """A WebVTT transcript as paragraphs, one for each turn of a speaker.

    A paragraph begins with the name of who speaks, where the transcript knows it. Captions that
    roll, and so repeat the line above, are said once. Every cue is a moment of the text.
    """

    name: str = "vtt"
    version: str = "1"
    suffixes: tuple[str, ...] = (".vtt",)
    media_type: str = "text/vtt"

    def read(self, raw: bytes, *, file_name: str) -> Reading:
        """Read a whole transcript; raise `Unreadable` when it is none, or nobody speaks."""
        text = decode(raw, file_name=file_name)
        if not _VTT_HEAD.match(text):
            raise Unreadable(
                "the transcript does not begin with WEBVTT",
                where=file_name,
                hint="if it is SRT, give it the suffix .srt",
            )
        head = text.partition("\n\n")[0]
        facts = {found[1].lower(): found[2].strip() for found in _VTT_FACT.finditer(head)}
        read = _transcribed(text, file_name)
        return Reading(
            text=read.text,
            media_type=self.media_type,
            reader=f"{self.name} {self.version}",
            title=facts.get("title") or title_from(file_name),
            language=language_code(facts.get("language")),
            moments=read.moments,
        )


class SrtReader:
    """An SRT transcript as paragraphs, one for each turn of a speaker, as for WebVTT."""

    name: str = "srt"
    version: str = "1"
    suffixes: tuple[str, ...] = (".srt",)
    media_type: str = "application/x-subrip"

    def read(self, raw: bytes, *, file_name: str) -> Reading:
        """Read a whole transcript; raise `Unreadable` when it is none, or nobody speaks."""
        read = _transcribed(decode(raw, file_name=file_name), file_name)
        return Reading(
            text=read.text,
            media_type=self.media_type,
            reader=f"{self.name} {self.version}",
            title=title_from(file_name),
            moments=read.moments,
        )


class _Cue(NamedTuple):
    """What is said by one voice in one stretch of time."""

    from_ms: int
    until_ms: int
    speaker: str | None
    words: str


class _Transcript(NamedTuple):
    text: str
    moments: tuple[Moment, ...]


def _transcribed(text: str, file_name: str) -> _Transcript:
    writer = _Writer()
    for cue in _without_repeats(_cues(text, file_name)):
        writer.add(cue)
    if not writer.moments:
        raise Unreadable(
            "the transcript holds no words with a time",
            where=file_name,
            hint="each cue needs a line such as 00:00:01.000 --> 00:00:04.000",
        )
    return _Transcript("".join(writer.pieces) + "\n", tuple(writer.moments))


def _cues(text: str, file_name: str) -> Iterator[_Cue]:
    """The voices of every cue in order; notes, styles and regions are no cues."""
    timings = list(_TIMING.finditer(text))
    for number, timing in enumerate(timings):
        last = number + 1 == len(timings)
        body = text[timing.end() : len(text) if last else timings[number + 1].start()]
        from_ms, until_ms = _milliseconds(timing["begin"]), _milliseconds(timing["end"])
        if max(from_ms, until_ms) > _LONGEST_MS:
            line = text.count("\n", 0, timing.start()) + 1
            raise Unreadable(
                f"the time in line {line} lies beyond all recordings",
                where=file_name,
                hint="times are written as hours:minutes:seconds",
            )
        for speaker, words in _voices(_body_of(body, is_last=last)):
            yield _Cue(from_ms, max(from_ms, until_ms), speaker, words)


def _body_of(body: str, *, is_last: bool) -> list[str]:
    """The lines of a cue: up to a blank line, or up to the number or name of the next cue."""
    lines = body.strip("\n").split("\n") if not body.startswith("\n\n") else []
    found: list[str] = []
    for line in lines:
        if not line.strip():
            break
        found.append(line)
    # Without a blank line between cues, the last line is the number of the next one.
    is_run_on = not is_last and len(found) == len(lines) and not body.endswith("\n\n")
    if is_run_on and found and found[-1].strip().isdigit():
        found.pop()
    return found


def _voices(lines: list[str]) -> Iterator[tuple[str | None, str]]:
    """Who says what in a cue."""
    joined = "\n".join(lines)
    parts = _VOICE.split(joined)
    if parts[0].strip():
        yield from _prefixed(parts[0])
    for speaker, words in zip(parts[1::2], parts[2::2], strict=True):
        if said := _plain(words):
            yield _plain(speaker) or None, said


def _prefixed(words: str) -> Iterator[tuple[str | None, str]]:
    """Lines with a name and a colon, or a dash, before what somebody says."""
    speaker: str | None = None
    said: list[str] = []
    for line in words.split("\n"):
        plain = _plain(line)
        found = _PREFIX.match(plain)
        if (found or _DASH.match(plain)) and said:
            yield speaker, " ".join(said)
            said = []
        if found:
            speaker, plain = found[1].strip(), plain[found.end() :]
        elif dash := _DASH.match(plain):
            speaker, plain = _SOMEBODY_ELSE, plain[dash.end() :]
        if plain:
            said.append(plain)
    if said:
        yield speaker, " ".join(said)


def _plain(words: str) -> str:
    """Words without tags and times within a cue, and with entities as the letters they mean."""
    return " ".join(html.unescape(_TAG.sub("", words)).replace("\x00", "").split())


def _without_repeats(cues: Iterator[_Cue]) -> Iterator[_Cue]:
    """`cues` where captions that roll say each line once.

    Such a caption begins with what the one before it said, or with its last line.
    """
    before: list[str] = []
    last_end = 0
    for cue in cues:
        words = cue.words.split()
        is_near = cue.from_ms - last_end <= _NEAR_MS
        new = words[_overlap(before, words) :] if is_near else words
        last_end = max(last_end, cue.until_ms)
        if not new:
            continue
        before = (before + new if is_near else words)[-_MEMORY:]
        yield cue._replace(words=" ".join(new))


def _overlap(before: list[str], words: list[str]) -> int:
    """How many of the first `words` were the last ones said: three at least, or all of them."""
    for count in range(min(len(before), len(words)), 0, -1):
        if before[-count:] == words[:count] and (count >= 3 or count == len(words)):
            return count
    return 0


@dataclass
class _Writer:
    """The text so far: a paragraph goes on until somebody else speaks, or after a pause."""

    pieces: list[str] = field(default_factory=list[str])
    moments: list[Moment] = field(default_factory=list[Moment])
    _length: int = 0
    _paragraph: int = 0
    _speaker: str | None = None
    _last_end: int = 0
    _last_words: str = ""

    def add(self, cue: _Cue) -> None:
        """Take one more cue."""
        is_unnamed = cue.speaker == _SOMEBODY_ELSE
        speaker = None if is_unnamed else cue.speaker
        if cue.speaker is None and self.moments and not self._has_paused(cue):
            speaker = self._speaker
        goes_on = bool(self.moments) and speaker == self._speaker and not is_unnamed
        begins = not goes_on or self._is_full(cue)
        start = self._begin(speaker) if begins else self._write(" ")
        words = cue.words if speaker or not begins else escaped(cue.words)
        end = self._write(words)
        self._paragraph += len(words)
        self._last_end, self._last_words = cue.until_ms, words
        self.moments.append(
            Moment(
                start=start,
                end=end,
                from_ms=cue.from_ms,
                until_ms=cue.until_ms,
                speaker=speaker,
            )
        )

    def _begin(self, speaker: str | None) -> int:
        self._speaker, self._paragraph = speaker, 0
        self._write("\n\n" if self.moments else "")
        return self._write(f"**{speaker}:** " if speaker else "")

    def _write(self, words: str) -> int:
        """Add words, and say where they end."""
        self.pieces.append(words)
        self._length += len(words)
        return self._length

    def _has_paused(self, cue: _Cue) -> bool:
        return cue.from_ms - self._last_end > _PAUSE_MS

    def _is_full(self, cue: _Cue) -> bool:
        """Whether a new paragraph may begin though the same voice goes on."""
        if not self._last_words.endswith(_SENTENCE_ENDS):
            return self._paragraph > _LONGEST_PARAGRAPH
        return self._has_paused(cue) or self._paragraph > _PARAGRAPH


def _milliseconds(time: str) -> int:
    *larger, seconds, parts = re.split(r"[:,.]", time)
    whole = 0
    for number in (*larger, seconds):
        whole = whole * 60 + int(number)
    return whole * 1_000 + int(parts.ljust(3, "0")[:3])


_SOMEBODY_ELSE = ""
"""The speaker of a line that begins with a dash: not who spoke before, and not named."""
_NEAR_MS = 1_500
"""Captions that roll follow at once; a line that is said again later was said again."""
_PAUSE_MS = 4_000
_MEMORY = 60
_PARAGRAPH = 700
"""Characters after which the end of a sentence ends a paragraph."""
_LONGEST_PARAGRAPH = 2_500
"""For transcripts without full stops."""
_LONGEST_MS = 1_000 * 3_600_000
_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(
    rf"^[ \t]*(?P<begin>{_TIME})[ \t]*-->[ \t]*(?P<end>{_TIME})[^\n]*$", re.MULTILINE
)
_VTT_HEAD = re.compile(r"\s*WEBVTT(?=\s|\Z)")
_VTT_FACT = re.compile(r"^(title|language)[ \t]*:[ \t]*(\S[^\n]*)$", re.IGNORECASE | re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?[ \t]+([^>\n]{1,200})>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<(?:\d+:)?\d+:\d+\.\d+>|\{\\[^}\n]{0,50}\}")
_PREFIX = re.compile(
    r"(?:-\s*|>>\s*)?\[?([A-Z][\w.'\u2019-]*(?: [A-Z][\w.'\u2019-]*){0,3}|[A-Z][A-Z .'-]{1,40})\]?"
    r":(?:\s+|$)"
)
_DASH = re.compile(r"(?:[-\u2013\u2014]|>>)\s*(?=\S)")
_SENTENCE_ENDS = (".", "!", "?", '."', '?"', '!"', "\u201d", "\u2026", "\u3002", "\uff01", "\uff1f")
