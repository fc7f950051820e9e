"""Everything that can go wrong, as one tree.

* LorewrightError
  - UsageError          the words on the command line or in the settings are off     (exit 2)
    · BadRef            a name is not of the form kind:id
    · BadSettings       `lorewright.toml` or the environment says what we cannot use
    · NotFound          a name points at nothing in the store
    · NotYet            a step is asked for before the one it rests on
  - Refused             a gate or a check says no                                    (exit 1)
  - Incomplete          part of the work is done; running again continues            (exit 3)
    · BudgetReached     the next call could cost more than may still be spent
    · Stopped           somebody paused or cancelled the run
  - OutsideError        something outside is missing or broken                       (exit 4)
    · MissingExtra      an optional part of Lorewright is not installed
    · PluginError       an extension is missing or broken
    · StorageError      the disk, the database or the blob store failed us
    · Busy              another process holds what we need
    · Unreachable       another machine does not answer; what it does meanwhile nobody knows
    · TrainingFailed    the training process stopped before its end
      - OutOfMemory     memory ran out in the midst of it
      - NotANumber      the loss or its gradient is no number any more
    · EndpointError     a language model's endpoint cannot be used by any call
  - ModelError          a language model failed one call                             (exit 4)
    · BadReply          it answered, but not whole or not in the shape we asked for
  - BadRecord           a record contradicts itself or the words it cites            (exit 4)
    · Unreadable        a file is not what a reader can read
    · Erased            a record was destroyed on purpose; only its tombstone is left
    · BadMask           a chat template cannot be masked exactly
"""

import errno

MORE_ROOM = "free some space on the disk and run the same command again; it continues"
"""What to do when the disk is full, the same wherever it is noticed."""


class LorewrightError(Exception):
    """Base of every error that Lorewright raises on purpose.

    Args:
        sentence: one lower-case sentence that says what is wrong.
        where: the file, record or setting concerned.
        hint: what the reader can do about it, as a sentence or a command.
    """

    exit_code = 4

    def __init__(self, sentence: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.where = where
        self.hint = hint


class UsageError(LorewrightError):
    """The words on the command line or in the settings are off."""

    exit_code = 2


class BadRef(UsageError):
    """A name is not of the form kind:id."""


class BadSettings(UsageError):
    """The settings file or the environment says what we cannot use."""


class NotFound(UsageError):
    """A name points at nothing in the store."""


class NotYet(UsageError):
    """A step is asked for before the one it rests on."""


class Refused(LorewrightError):
    """A gate or a check says no."""

    exit_code = 1


class Incomplete(LorewrightError):
    """Part of the work is done; running again continues."""

    exit_code = 3


class BudgetReached(Incomplete):
    """The next call could cost more than may still be spent."""


class Stopped(Incomplete):
    """Somebody paused or cancelled the run."""


class OutsideError(LorewrightError):
    """Something outside Lorewright is missing or broken."""


class MissingExtra(OutsideError):
    """An optional part of Lorewright is not installed."""


class PluginError(OutsideError):
    """An extension is missing or broken."""


class StorageError(OutsideError):
    """The disk, the database or the blob store failed us."""

    @classmethod
    def from_system(
        cls, error: OSError, *, doing: str | None = None, where: str | None = None
    ) -> "StorageError":
        """What the operating system refused, and what can be done about it.

        Args:
            error: the refusal.
            doing: what could not be done, as the first half of a sentence.
            where: the place; without it the file that `error` names.
        """
        said = (error.strerror or "the system refused something").lower()
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        return cls(
            f"{doing}: {said}" if doing else said,
            where=where or (str(error.filename) if error.filename else None),
            hint=MORE_ROOM if is_full else "is the path right, and may you read and write there?",
        )


class Busy(OutsideError):
    """Another process holds what we need."""


class Unreachable(OutsideError):
    """Another machine does not answer; what it does meanwhile nobody knows."""


class TrainingFailed(OutsideError):
    """The training process stopped before its end."""


class OutOfMemory(TrainingFailed):
    """Memory ran out while training.

    Args:
        sentence: one lower-case sentence that says what is wrong.
        where: the job or its log.
        hint: what the reader can do about it.
        fits: the smallest change of `lorewright.train.memory.Memory` that may help, if any.
    """

    def __init__(
        self,
        sentence: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        fits: object = None,
    ) -> None:
        super().__init__(sentence, where=where, hint=hint)
        self.fits = fits


class NotANumber(TrainingFailed):
    """The loss or its gradient is no number any more."""


class EndpointError(OutsideError):
    """A language model's endpoint cannot be used by any call: wrong key, unknown model, down."""


class ModelError(LorewrightError):
    """A language model failed one call; others may do better.

    Args:
        sentence: one lower-case sentence that says what is wrong.
        where: the endpoint.
        hint: what the reader can do about it.
        fault: a short key, the same for all alike: `rate_limited`, `slow`, `server` ...
        again: whether the same call may succeed when it is made again.
        wait_s: how long the endpoint asks to wait before that, in seconds.
    """

    def __init__(
        self,
        sentence: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        fault: str,
        again: bool = False,
        wait_s: float | None = None,
    ) -> None:
        super().__init__(sentence, where=where, hint=hint)
        self.fault = fault
        self.again = again
        self.wait_s = wait_s


class BadReply(ModelError):
    """A model answered, but not whole or not in the shape we asked for.

    Args:
        sentence: one lower-case sentence that says what is wrong.
        fault: `truncated`, `empty`, `refused`, `filtered`, `not_json`, `wrong_shape` ...
        raw: the reply as it came.
    """

    def __init__(self, sentence: str, *, fault: str, raw: bytes, where: str | None = None) -> None:
        super().__init__(sentence, where=where, fault=fault)
        self.raw = raw


class BadRecord(LorewrightError):
    """A record contradicts itself or the words it cites."""


class Unreadable(BadRecord):
    """A file is not what a reader can read."""


class Erased(BadRecord):
    """A record was destroyed on purpose; only its tombstone is left."""


class BadMask(BadRecord):
    """A chat template cannot be masked exactly."""
