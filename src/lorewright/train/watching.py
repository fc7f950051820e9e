"""Whoever looks at a network between two steps of its training."""

import time
from collections.abc import Callable

from lorewright.errors import Incomplete
from lorewright.train.events import Event, EventLog, now

Watcher = Callable[[int], None]
"""Is shown the network before a step, with the number of steps done; it changes nothing."""
BEAT_S = 2.0
"""How often work between steps says that it goes on."""


class Beat:
    """Says that the process is alive between steps, and hears a request to stop there.

    Args:
        log: of the job.
        place: tells the steps done and those there are.
        is_asked: whether somebody asked to stop.
    """

    def __init__(
        self, log: EventLog, place: Callable[[], tuple[int, int]], *, is_asked: Callable[[], bool]
    ) -> None:
        self._log, self._place, self._is_asked = log, place, is_asked
        self._said_at = 0.0

    def __call__(self) -> None:
        """Go on.

        Raises:
            Incomplete: when somebody asked to stop.
        """
        if self._is_asked():
            raise Incomplete("stopped on request")
        if time.monotonic() - self._said_at > BEAT_S:
            self._said_at = time.monotonic()
            done, steps = self._place()
            self._log.append(Event(phase="sketch", time=now(), step=done, steps=steps))
