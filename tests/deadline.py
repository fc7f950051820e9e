"""An end for what would never end: no measure of speed, only of hanging."""

import signal
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def deadline(seconds: int) -> Generator[None]:
    """End with an error whatever takes longer."""

    def late(_number: int, _frame: object) -> None:
        raise TimeoutError(f"it took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
