"""What a server asks to wait is understood in every way it is said, and never believed blindly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from lorewright.llms.waiting import LONGEST_S, wait_of

NOW = "Sat, 31 Jan 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "Retry-After": "9"}, 0.25),
        ({"Retry-After": "Sat, 31 Jan 2026 12:00:30 GMT", "Date": NOW}, 30),
        ({"Retry-After": "Sat, 31 Jan 2026 11:00:00 GMT", "Date": NOW}, 0),
        ({"Retry-After": "Sat, 31 Jan 2099 12:00:00 GMT", "Date": NOW}, LONGEST_S),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "inf"}, LONGEST_S),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30s"}, 90),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms"}, 0.02),
        ({"x-ratelimit-remaining-tokens": "9", "x-ratelimit-reset-tokens": "20s"}, None),
        (
            {
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-reset": "2026-01-31T12:00:12Z",
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2026-01-31T12:00:05Z",
                "Date": NOW,
            },
            12,
        ),
        ({"anthropic-ratelimit-tokens-remaining": "0"}, None),
    ],
)
def test_the_wait_is(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_of(CIMultiDict(headers)) == seconds


@given(st.text(), st.text())
def test_no_header_makes_the_wait_fail_or_leave_its_bounds(said: str, date: str) -> None:
    wait = wait_of(CIMultiDict({"Retry-After": said, "Date": date}))

    assert wait is None or 0 <= wait <= LONGEST_S
