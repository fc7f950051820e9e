"""Templates that ask for today's date."""

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.templates import TEMPLATE_DATE, asks_the_date, with_fixed_date


def written(template: str) -> str:
    """As transformers renders it."""
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)
    return environment.from_string(with_fixed_date(template)).render()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("%d %b %Y", "26 Jul 2024"),
        ("%Y-%m-%d", "2024-07-26"),
        ("%A, %B %d, %Y", "Friday, July 26, 2024"),
        ("%-d %B", "26 July"),
        ("%H:%M 100%%", "00:00 100%"),
    ],
)
def test_every_way_of_asking_is_told_the_same_day(asked: str, told: str) -> None:
    assert TEMPLATE_DATE.strftime(asked) == told
    assert written(f'{{{{ strftime_now("{asked}") }}}}') == told


def test_a_template_that_asks_whether_it_may_ask_may() -> None:
    assert written("{% if strftime_now is defined %}{{ strftime_now('%Y') }}{% endif %}") == "2024"


def test_a_template_that_asks_nothing_stays_as_it_is() -> None:
    assert with_fixed_date("{{ bos_token }}") == "{{ bos_token }}"
    assert not asks_the_date("{{ bos_token }}")


@given(st.text("ab \n", max_size=12))
def test_nothing_else_of_a_template_changes(beginning: str) -> None:
    template = beginning + "{% if true %}{{ strftime_now('%Y') }}{% endif %}\nend"
    plain = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)
    told = {"strftime_now": TEMPLATE_DATE.strftime}

    assert written(template) == plain.from_string(template).render(told)
