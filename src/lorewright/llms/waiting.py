"""How long a server asks to wait before the next attempt."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 300.0
"""No request to wait is taken for longer than that, whatever a clock that is wrong may say."""
_STRETCH = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def wait_of(headers: Mapping[str, str]) -> float | None:
    """The seconds that `headers` ask to wait, from 0 to `LONGEST_S`; None when they ask nothing.

    A date is compared with the server's own clock when it tells the time, so that a clock that
    is off on either side does no harm.
    """
    asked = _after(headers)
    if asked is None:
        asked = _until_there_is_room(headers)
    if asked is None or math.isnan(asked):
        return None
    return min(max(asked, 0.0), LONGEST_S)


def _after(headers: Mapping[str, str]) -> float | None:
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after", "")
    seconds = _number(said)
    if seconds is not None:
        return seconds
    then = _date(said)
    return None if then is None else (then - _now(headers)).total_seconds()


def _until_there_is_room(headers: Mapping[str, str]) -> float | None:
    """The longest wait for a limit of which nothing remains, as both protocols tell it."""
    waits: list[float] = []
    for name in headers:
        kind = name.lower()
        if "ratelimit" not in kind or "remaining" not in kind or headers[name].strip() != "0":
            continue
        wait = _stretch(headers.get(kind.replace("remaining", "reset"), ""), headers)
        if wait is not None:
            waits.append(wait)
    return max(waits, default=None)


def _stretch(said: str, headers: Mapping[str, str]) -> float | None:
    """Seconds out of `6m0s`, `20ms`, `1.5` or `2026-01-31T12:00:00Z`."""
    parts = _STRETCH.findall(said)
    if parts and "".join(map("".join, parts)) == said:
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)
    try:
        then = datetime.fromisoformat(said)
    except ValueError:
        return _number(said)
    return (_aware(then) - _now(headers)).total_seconds()


def _now(headers: Mapping[str, str]) -> datetime:
    return _date(headers.get("date", "")) or datetime.now(UTC)


def _date(said: str) -> datetime | None:
    try:
        return _aware(parsedate_to_datetime(said))
    except ValueError:
        return None


def _aware(then: datetime) -> datetime:
    return then if then.tzinfo else then.replace(tzinfo=UTC)


def _number(said: str) -> float | None:
    try:
        return float(said)
    except ValueError:
        return None
