"""Archives of parts, such as DOCX and EPUB, opened with care: what they hold is never trusted."""

import zipfile
import zlib
from io import BytesIO
from posixpath import normpath
from urllib.parse import unquote

from lorewright.errors import Unreadable

MOST_MEMBERS = 20_000
MOST_BYTES = 1 << 30
"""Of everything in an archive together, inflated."""
MOST_PART_BYTES = 64 << 20
"""Of one part that is read, inflated: a book of ten million words fits."""
MOST_RATIO = 200
"""How far a part may inflate. Text packs to a tenth, the dullest markup to a hundredth."""
SMALL = 1 << 20
"""A part of fewer bytes may inflate as far as it likes."""


class Archive:
    """A ZIP archive whose promises were checked before anything was inflated.

    Raises:
        Unreadable: when it is no whole archive, is encrypted, or would inflate without measure.
    """

    def __init__(self, raw: bytes, *, file_name: str) -> None:
        self._file_name = file_name
        try:
            self._zip = zipfile.ZipFile(BytesIO(raw))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise self.refusal(
                "the file is a damaged ZIP archive: its list of parts is broken"
            ) from error
        self._members = self._checked(self._zip.infolist())

    @property
    def names(self) -> list[str]:
        """The names of its parts, in order."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """All bytes of a part.

        Raises:
            Unreadable: when the part is not there, is broken, or holds more than it says.
        """
        member = self._members.get(name)
        if member is None:
            raise self.refusal(f"the part {name!r} is missing from the file")
        if member.file_size > MOST_PART_BYTES:
            raise self.refusal(
                f"the part {name!r} holds {member.file_size >> 20:,} MiB; up to "
                f"{MOST_PART_BYTES >> 20} are read",
                hint="split the document into several files",
            )
        try:
            with self._zip.open(member) as part:
                content = part.read(member.file_size + 1)
        except (*_BROKEN, RuntimeError) as error:
            raise self.refusal(f"the part {name!r} is damaged") from error
        return content

    def refusal(
        self, sentence: str, *, hint: str = "get the file again, or save it anew"
    ) -> Unreadable:
        """The error that says what is wrong with this archive."""
        return Unreadable(sentence, where=self._file_name, hint=hint)

    def _checked(self, members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        total = sum(member.file_size for member in members)
        if len(members) > MOST_MEMBERS or total > MOST_BYTES:
            raise self._bomb(f"{len(members):,} parts of {total:,} bytes together")
        checked: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            if member.file_size > max(SMALL, member.compress_size * MOST_RATIO):
                raise self._bomb(
                    f"a part of {member.file_size:,} bytes in {member.compress_size:,}"
                )
            if member.flag_bits & 1:
                raise self.refusal(
                    "the file is encrypted, and reading it needs a password",
                    hint="save a copy without a password",
                )
            if member.filename in checked:
                raise self.refusal(f"the part {member.filename!r} is in the file twice")
            checked[member.filename] = member
        return checked

    def _bomb(self, promised: str) -> Unreadable:
        return self.refusal(
            f"the file would inflate without measure: it holds {promised}",
            hint="such files are made to exhaust a machine; if you trust it, unpack it and save "
            "it anew",
        )


def part_beside(name: str, address: str) -> str | None:
    """The part that `address` names, as seen from the part `name`; None when it lies outside."""
    path = unquote(address.partition("#")[0])
    if not path or path.startswith(("/", "\\")) or "\\" in path or _is_absolute(path):
        return None
    whole = normpath(f"{name.rpartition('/')[0]}/{path}".lstrip("/"))
    return None if whole == ".." or whole.startswith("../") else whole


def _is_absolute(path: str) -> bool:
    """Whether `path` begins with a scheme such as `http:`, or a drive."""
    return ":" in path.partition("/")[0]


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    NotImplementedError,
)
