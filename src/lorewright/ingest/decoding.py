"""From bytes to text: which encoding it is, and what is no text at all."""

import codecs
import re
import unicodedata

from lorewright.errors import Unreadable
from lorewright.ingest.kinds import SRT, VTT, kind_of


def decode(raw: bytes, *, file_name: str, declared: str | None = None) -> str:
    r"""The text in `raw`, with `\n` as the only line end and in composed form (NFC).

    A byte order mark decides; then UTF-8, if every byte of it is right; then the encoding that
    the file itself has `declared`; then Windows-1252, if the outcome looks like a language
    written in Latin letters. Nothing else is guessed: a wrong guess would put words into the
    author's mouth. Control characters are dropped.

    Raises:
        Unreadable: for an empty file, for bytes that are no text, and for text in an encoding
            that cannot be told.
    """
    if not raw:
        raise Unreadable("the file is empty", where=file_name, hint="give a file with text in it")
    refuse_binary(raw, file_name=file_name)
    text = _canonical(_decoded(raw, file_name, declared))
    if not text or text.isspace():
        raise Unreadable(
            "the file holds nothing but white space",
            where=file_name,
            hint="give a file with text in it",
        )
    return text


def refuse_binary(raw: bytes, *, file_name: str) -> None:
    """Raise `Unreadable` when `raw` is a known file format that is no text, and say which."""
    found = kind_of(raw)
    if found and found not in {VTT, SRT}:
        raise Unreadable(
            f"the file is {found.held}, whatever its name says",
            where=file_name,
            hint=found.hint,
        )


def _decoded(raw: bytes, file_name: str, declared: str | None) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return _strictly(raw, encoding, file_name)
    _refuse_control_characters(raw, file_name)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        damaged_at = error.start
    if declared and _is_known(declared):
        return _strictly(raw, declared, file_name)
    _refuse_damaged_utf8(raw, damaged_at, file_name)
    return _as_windows_1252(raw, file_name)


def _strictly(raw: bytes, encoding: str, file_name: str) -> str:
    try:
        text = raw.decode(encoding)
        text.encode()  # some encodings can spell halves of surrogate pairs, which are no letters
    except UnicodeError as error:
        raise Unreadable(
            f"the file says that it is {encoding}, but not all of it is",
            where=file_name,
            hint="save it again as UTF-8",
        ) from error
    return text


def _is_known(encoding: str) -> bool:
    """Whether `encoding` turns bytes into text; `rot13` and `zlib`, say, do not."""
    try:
        return bool(b"a".decode(encoding))
    except (LookupError, UnicodeError):
        return False


def _refuse_control_characters(raw: bytes, file_name: str) -> None:
    if b"\x00" in raw:
        raise Unreadable(
            "the file holds zero bytes, so it is no text, or UTF-16 without a byte order mark",
            where=file_name,
            hint=f"if it is text: iconv -f UTF-16LE -t UTF-8 {file_name!r}",
        )
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    if controls > 2 and controls * 200 > len(raw):
        raise Unreadable(
            f"{controls} of {len(raw)} bytes are control characters, so the file is no text",
            where=file_name,
            hint="give plain text, Markdown or HTML",
        )


def _refuse_damaged_utf8(raw: bytes, damaged_at: int, file_name: str) -> None:
    """Tell UTF-8 with a few broken bytes from another encoding."""
    mended = raw.decode(errors="replace")
    broken = mended.count("\ufffd")
    right = _beyond_ascii(mended) - broken
    if right > broken:
        raise Unreadable(
            f"the file is UTF-8 but for {broken} broken places, the first at byte {damaged_at}",
            where=file_name,
            hint=f"mend it, or drop the broken bytes: iconv -f UTF-8 -t UTF-8 -c {file_name!r}",
        )


def _as_windows_1252(raw: bytes, file_name: str) -> str:
    """Read `raw` as Western European, if most of its letters are plain Latin ones."""
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    plain_letters = len(raw) - len(raw.translate(None, _PLAIN_LETTERS))
    if not text or _beyond_ascii(text) * 5 > plain_letters:
        raise Unreadable(
            "the file is neither UTF-8 nor Western European text, and its encoding cannot be told",
            where=file_name,
            hint=f"convert it, for example: iconv -f SHIFT_JIS -t UTF-8 {file_name!r}",
        )
    return text


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _canonical(text: str) -> str:
    """Newlines, control characters and composed letters as every later step expects them."""
    for line_end in ("\r\n", "\r", "\x85", "\u2028", "\x0b"):
        if line_end in text:
            text = text.replace(line_end, "\n")
    for break_ in ("\x0c", "\u2029"):
        if break_ in text:
            text = text.replace(break_, "\n\n")
    if _CONTROL.search(text):
        text = _CONTROL.sub("", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\x0b\x0c\r\x1b"))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")
_PLAIN_LETTERS = bytes((*range(65, 91), *range(97, 123)))
