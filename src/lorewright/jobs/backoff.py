"""How long to wait before the same call is tried again."""

from collections.abc import Callable

FIRST_S = 1.0
LONGEST_S = 60.0
LONGEST_ASKED_S = 300.0
"""An endpoint that asks for a longer wait is not waited for at all."""
SPREAD = 0.1
"""So much longer than asked for, at most, so that calls do not all come back at once."""


def backoff(failures: int, chance: Callable[[], float]) -> float:
    """Seconds to wait after so many failures in a row: anything up to 1, 2, 4 ... 60.

    Args:
        failures: how often the call has failed, at least once.
        chance: gives a number from 0 to 1.
    """
    return float(chance() * min(LONGEST_S, FIRST_S * 2.0 ** min(failures - 1, 30)))


def asked_wait(wait_s: float, chance: Callable[[], float]) -> float:
    """Seconds to wait when the endpoint asks for `wait_s`: never less, and a little spread."""
    return wait_s * (1.0 + SPREAD * chance())
