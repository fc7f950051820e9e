"""A file as a source: here already or new, under which licence, and whether it may be used."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lorewright.errors import NotFound, Refused
from lorewright.records import UNKNOWN_LICENCE, Blob, Source
from lorewright.store import Store, withdrawal


class Terms(NamedTuple):
    """What whoever brings files says about all of them."""

    licence: str = UNKNOWN_LICENCE
    origin: str | None = None

    def refuse_another_licence(self, source: Source, path: Path) -> None:
        """Stop when a file is here already and another licence is named.

        Raises:
            Refused: with the command that corrects it.
        """
        if self.licence not in {source.licence, UNKNOWN_LICENCE}:
            raise Refused(
                f"the file is here already as {source.ref.short}, licence {source.licence}",
                where=str(path),
                hint=f"correct it with `lorewright licence {source.ref.short} {self.licence!r} "
                "--why REASON`",
            )


def usable_source(store: Store, path: Path, content: Blob, media_type: str, terms: Terms) -> Source:
    """The file as a source that may be used; it is not kept before something of it can be.

    Args:
        store: may know it already.
        path: the file; its name counts, and not where it lies.
        content: its hash and its size.
        media_type: what it is.
        terms: what whoever brings it says.

    Raises:
        Refused: when it is here with another licence, or was withdrawn.
        Erased: when it was destroyed on purpose.
    """
    here = (
        one
        for one in store.get_many(store.names(Source.kind), Source)
        if (one.file_name, one.content.sha256) == (path.name, content.sha256)
    )
    source = next(here, None) or Source(
        file_name=path.name,
        media_type=media_type,
        content=content,
        licence=terms.licence,
        origin=terms.origin,
    )
    terms.refuse_another_licence(source, path)
    with suppress(NotFound):  # what was erased must not come back by being read again
        store.get(source.ref, Source)
        if standing := withdrawal(store, source.ref):
            raise Refused(
                f"this source was withdrawn: {standing.why}",
                where=str(path),
                hint=f"take it back with `lorewright withdraw {source.ref.short} --undo`",
            )
    return source
