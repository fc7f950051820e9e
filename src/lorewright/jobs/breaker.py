"""A breaker per endpoint: nobody keeps knocking at a door that does not open."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from lorewright.errors import EndpointError

FAILURES = 5
"""Failures in a row, of whichever calls, that open the breaker."""
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 30.0
GIVE_UP_S = 300.0
"""Open for so long without a single success, the run ends."""
LOOK_S = 0.5
"""How often a call that waits looks whether somebody stopped the run."""


class Breaker:
    """Closed while calls come back; open after too many failures in a row.

    While it is open nobody calls. After a pause one call goes ahead as a probe: when it comes
    back the breaker closes, else the next pause is twice as long.

    Args:
        endpoint: what the error names.
        clock: seconds that only ever grow.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._sleep = sleep
        self._failures = 0
        self._since = 0.0
        self._since_day = ""  # the time of day, for people
        self._opens_at = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._is_probing = False
        self._last = ""

    @property
    def is_open(self) -> bool:
        """Whether calls are held back."""
        return self._failures >= FAILURES

    async def pass_through(self, stop: Callable[[], None]) -> bool:
        """Wait until a call may be made, and say whether it is the probe.

        Whoever gets through reports how it ended.

        Raises:
            EndpointError: when the endpoint has been failing for too long.
            Stopped: when `stop` says so.
        """
        while self.is_open:
            if self._clock() - self._since > GIVE_UP_S:
                raise self._given_up()
            left = self._opens_at - self._clock()
            if left <= 0 and not self._is_probing:
                self._is_probing = True
                return True
            stop()
            await self._sleep(min(max(left, 0.05), LOOK_S))
        return False

    def came_back(self) -> None:
        """A call was answered, whatever the answer."""
        self._failures, self._is_probing, self._pause_s = 0, False, FIRST_PAUSE_S

    def failed(self, sentence: str, *, is_probe: bool) -> None:
        """A call failed in a way that says that the endpoint is not well."""
        now = self._clock()
        if self._failures == 0:
            self._since, self._since_day = now, datetime.now(UTC).strftime("%H:%M:%S UTC")
        self._failures += 1
        self._last = sentence
        if is_probe:
            self._is_probing = False
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
            self._opens_at = now + self._pause_s
        elif self._failures == FAILURES:
            self._opens_at = now + self._pause_s

    def left(self, *, is_probe: bool) -> None:
        """A call that got through ended without a word; if it was the probe, another may be."""
        if is_probe:
            self._is_probing = False

    def _given_up(self) -> EndpointError:
        return EndpointError(
            f"the endpoint has not answered since {self._since_day}: {self._failures} calls "
            f"failed in a row, the last one because {self._last}",
            where=self._endpoint,
            hint="is it running, and is teacher.url right? run the same command again later; it "
            "continues, and no finished call is paid for twice",
        )
