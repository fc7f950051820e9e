"""What a training process says when it cannot go on."""

import os
import re

from lorewright.errors import LorewrightError, OutOfMemory, StorageError, TrainingFailed
from lorewright.train.events import Event, now
from lorewright.train.lora import LoraTraining
from lorewright.train.memory import Memory, is_out_of_memory
from lorewright.train.spec import Spec

_OS_ERROR = re.compile(r"\(os error (\d+)\)")


def too_large(spec: Spec, training: LoraTraining) -> OutOfMemory:
    """What to change when a step does not fit into memory."""
    tried = spec.memory.model_copy(update={"pass_tokens": training.pass_tokens})
    fits = tried.smaller([len(sample.ids) for sample in training.next_samples()])
    hint = (
        f"with {fits.in_words()} it may fit: `lorewright jobs resume JOB --retry-oom` tries that, "
        "from the last checkpoint"
        if fits
        else "leave out or shorten the longest examples, or take a smaller base"
    )
    sentence = f"memory ran out at step {training.step + 1}, with {tried.in_words()}"
    return OutOfMemory(sentence, hint=hint, fits=fits)


def classified(error: Exception) -> LorewrightError:
    """Say what an unexpected error probably means."""
    if is_out_of_memory(error):
        return OutOfMemory(
            "memory ran out while the base was loaded",
            hint="take a smaller base, or raise jobs.memory_gb if that is what it met",
        )
    if (refused := _refused_write(error)) is not None:
        return StorageError.from_system(refused, doing="training cannot write its files")
    return TrainingFailed(
        f"training stopped with {type(error).__name__}: {error}",
        hint="log.txt in the job folder shows where",
    )


def _refused_write(error: Exception) -> OSError | None:
    """What the system refused, also when a library tells of it in words of its own."""
    if isinstance(error, OSError) and error.errno is not None:
        return error
    number = _OS_ERROR.search(str(error))
    return OSError(int(number[1]), os.strerror(int(number[1]))) if number else None


def failed(error: LorewrightError) -> Event:
    """The event that says so."""
    fits = error.fits if isinstance(error, OutOfMemory) else None
    return Event(
        phase="error",
        time=now(),
        kind=type(error).__name__,
        sentence=error.sentence,
        where=error.where,
        hint=error.hint,
        fits=fits if isinstance(fits, Memory) else None,
    )
