"""Folders of stored files, laid out on disk for as long as something needs them there."""

import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from lorewright import train
from lorewright.errors import NotYet, Refused
from lorewright.records import BaseLanguageModel, StoredFile
from lorewright.store import Store


def lay_out(store: Store, files: Iterable[StoredFile], folder: Path) -> Path:
    """Write stored files into `folder`, which is made, and return it."""
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.blobs.get(file.blob))
    return folder


@contextmanager
def base_folder(store: Store, base: BaseLanguageModel, place: str) -> Generator[Path]:
    """The folder of a base model: laid out for a pocket one, where it lies for another.

    Args:
        store: where the files of a pocket model are.
        base: the record of the base model.
        place: the folder of a model from outside, as the settings name it.

    Raises:
        NotYet: when the settings name no folder for a model from outside.
        Refused: when the folder holds other files than the record lists.
    """
    if base.origin == "pocket":
        with tempfile.TemporaryDirectory(prefix="lorewright-") as folder:
            yield lay_out(store, base.files, Path(folder) / "base")
        return
    if place == "pocket":
        raise NotYet(
            f"the adapter was trained on {base.name}, which lies outside the workspace",
            hint="name its folder with --base",
        )
    folder = train.locate(place)
    if train.describe(folder, name=base.name).files != base.outside:
        raise Refused(
            f"the folder does not hold {base.name} as the adapter was trained on",
            where=str(folder),
            hint="name the folder with the same files; a changed base needs training again",
        )
    yield folder
