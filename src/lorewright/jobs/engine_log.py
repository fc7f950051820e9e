"""What the run engine has to complain about, kept instead of printed."""

import logging
from collections import deque
from typing import Self

KEPT = 20


class Complaints(logging.Handler):
    """Takes the log of DBOS while inside `with`, and keeps its last errors.

    DBOS prints its log to stderr, which belongs to the commands. That a workflow was cancelled
    or is another's by now is no error.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last: deque[str] = deque(maxlen=KEPT)
        self._logger = logging.getLogger("dbos")

    def __enter__(self) -> Self:
        self._before = (self._logger.propagate, self._logger.level)
        self._logger.propagate = False
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._logger.propagate, level = self._before
        self._logger.setLevel(level)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line; tracebacks stay where they are."""
        self.last.append(record.getMessage().splitlines()[0])
