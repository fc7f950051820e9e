"""What training leaves in a folder, as records."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lorewright.errors import BadRecord, NotYet
from lorewright.lineage import Ref, fingerprint
from lorewright.records import Adapter, BaseLanguageModel, Blob, HashedFile, StoredFile
from lorewright.train.base_model import BaseFolder
from lorewright.train.result import RESULT_FOLDER, read_result
from lorewright.train.spec import read_spec

PutBlob = Callable[[bytes], Blob]
"""Keeps bytes and gives their address."""


def adapter_record(jobdir: Path, *, made_from: Sequence[Ref], put_blob: PutBlob) -> Adapter:
    """The adapter of a finished job.

    Args:
        jobdir: the job's folder.
        made_from: dataset, base model and recipe.
        put_blob: keeps the adapter's files and its history.

    Raises:
        NotYet: when the job is not finished.
        BadRecord: when a file has changed since.
    """
    result = read_result(jobdir)
    if result is None:
        raise NotYet("this training job is not finished", where=str(jobdir), hint="run it again")
    return Adapter(
        role=read_spec(jobdir).role,
        files=tuple(_stored(jobdir / RESULT_FOLDER, file, put_blob) for file in result.files),
        history=_stored(jobdir, result.history, put_blob).blob,
        steps=result.steps,
        loss_tokens=result.loss_tokens,
        train_loss=result.train_loss,
        held_out_loss=result.held_out_loss,
        made_from=tuple(made_from),
    )


def pocket_record(
    base: BaseFolder, *, made_from: Sequence[Ref], put_blob: PutBlob
) -> BaseLanguageModel:
    """A pocket model, with its files kept.

    Args:
        base: the folder, from `describe`.
        made_from: the dataset whose training sections it read, and the recipe.
        put_blob: keeps its files.
    """
    return BaseLanguageModel(
        name=base.name,
        origin="pocket",
        architecture=base.architecture,
        parameters=base.parameters,
        files=tuple(_stored(base.folder, file, put_blob) for file in base.files),
        made_from=tuple(made_from),
    )


def outside_record(base: BaseFolder) -> BaseLanguageModel:
    """A base model from outside, known by the hashes of its files."""
    return BaseLanguageModel(
        name=base.name,
        origin="outside",
        architecture=base.architecture,
        parameters=base.parameters,
        outside=base.files,
    )


def _stored(folder: Path, file: HashedFile, put_blob: PutBlob) -> StoredFile:
    body = (folder / file.path).read_bytes()
    if fingerprint(body) != file.sha256:
        raise BadRecord("a file has changed since it was made", where=str(folder / file.path))
    return StoredFile(path=file.path, blob=put_blob(body))
