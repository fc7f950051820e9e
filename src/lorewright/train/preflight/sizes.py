"""Bytes and seconds as people read them."""

_UNITS = ("B", "kB", "MB", "GB", "TB")


def in_bytes(count: int) -> str:
    """A number of bytes, as `1.5 GB`."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return (
        f"{value:.0f} {_UNITS[unit]}" if value >= 100 or not unit else f"{value:.1f} {_UNITS[unit]}"
    )


def in_time(seconds: float) -> str:
    """A time, as `40 s`, `12 min` or `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
