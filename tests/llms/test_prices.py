"""What calls cost: bounds before, prices after, and questions where nothing is known."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import UsageError
from lorewright.llms import Message, Request, Shape, Usage
from lorewright.llms.prices import AS_LONG_AS, Pricer
from lorewright.llms.tariffs import (
    MILLION,
    Rates,
    Seller,
    Tariff,
    is_own_machine,
    listed_tariff,
)
from lorewright.settings import TeacherSettings

SONNET = "anthropic:claude-sonnet-4-5"
OFF_PEAK = datetime(2026, 11, 28, 20, tzinfo=UTC)
"""An hour at which a model in the list costs half of what it costs at others."""


def a_pricer(model: str = SONNET, **settings: object) -> Pricer:
    return Pricer(TeacherSettings.model_validate({"model": model, **settings}))


def a_request(text: str = "Why?", *, max_tokens: int = 100, shape: Shape | None = None) -> Request:
    return Request((Message("user", text),), max_tokens, shape)


def test_what_the_list_says_of_a_model_is_what_a_call_costs() -> None:
    pricer = a_pricer()

    cost = pricer.cost(Usage(1_000, 200, cache_read=3_000, cache_write=500), "")

    assert cost == (1_000 * 3 + 200 * 15 + 3_000 * Decimal("0.3") + 500 * Decimal("3.75")) / MILLION
    assert "anthropic/claude-sonnet-4-5" in pricer.source
    assert pricer.as_of is not None


def test_a_long_request_pays_the_dearer_price_for_all_its_tokens() -> None:
    pricer = a_pricer()

    assert pricer.cost(Usage(200_000), "") == Decimal("0.6")
    assert pricer.cost(Usage(200_001), "") == Decimal("1.200006")
    assert pricer.cost(Usage(1, cache_read=200_000), "") > Decimal("0.1")


def test_prices_in_the_settings_win_over_the_list() -> None:
    pricer = a_pricer(input_price="2", output_price="4")

    assert pricer.cost(Usage(1_000_000, 1_000_000, 1_000_000), "claude-sonnet-4-5") == 8
    assert pricer.as_of is None


@pytest.mark.parametrize(
    ("model", "url"),
    [
        ("openai:qwen3", "http://localhost:8000/v1"),
        ("openai:gpt-4.1", "http://127.0.0.1:8000/v1"),
        ("openai:gpt-4.1", "http://10.1.2.3:8000/v1"),
        ("openai:gpt-4.1", "http://[::1]:8000/v1"),
        ("openai:gpt-4.1", "http://vllm:8000/v1"),
        ("openai:gpt-4.1", "https://models.example.com/v1"),
        ("openai:no-such-model", None),
        ("pydantic_ai:something", None),
        ("pydantic_ai:nobody:something", None),
        ("elsewhere:something", None),
    ],
)
def test_a_price_that_is_not_known_is_asked_for(model: str, url: str | None) -> None:
    with pytest.raises(UsageError, match="is not known") as caught:
        a_pricer(model, url=url)

    assert "0 for a server of your own" in (caught.value.hint or "")
    assert "teacher.input_price" in (caught.value.where or "")


def test_a_server_that_the_list_knows_by_its_address_has_its_own_prices() -> None:
    here = a_pricer("openai:llama-3.3-70b-versatile", url="https://api.groq.com/openai/v1")

    assert "groq/" in here.source


def test_another_vendor_is_named_before_its_model() -> None:
    assert "google/gemini-2.5-flash" in a_pricer("pydantic_ai:google-gla:gemini-2.5-flash").source


def test_no_model_no_price() -> None:
    with pytest.raises(UsageError, match="no language model is named"):
        Pricer(TeacherSettings())


def test_recorded_answers_and_a_server_of_ones_own_cost_nothing() -> None:
    own = a_pricer("openai:x", url="http://localhost:1/v1", input_price=0, output_price=0)
    for pricer in (own, a_pricer("replay:answers.jsonl")):
        assert pricer.is_free
        assert pricer.worst(a_request("word " * 1000)) == 0
    assert not a_pricer().is_free


def test_batches_cost_half() -> None:
    settings = TeacherSettings(model=SONNET)
    usage = Usage(1_000, 1_000, 1_000, 1_000)

    assert Pricer(settings, batch=True).cost(usage, "") == Pricer(settings).cost(usage, "") / 2

    own = settings.model_copy(update={"input_price": Decimal(1), "output_price": Decimal(1)})
    assert Pricer(own, batch=True).cost(usage, "") == Pricer(own).cost(usage, "") / 2


def test_a_model_without_a_batch_price_of_its_own_costs_half_too() -> None:
    seller, now = Seller("groq"), datetime.now(UTC)
    usual = listed_tariff("llama-3.3-70b-versatile", seller, at=now)
    batch = listed_tariff("llama-3.3-70b-versatile", seller, at=now, batch=True)

    assert usual
    assert batch
    assert batch.of(Usage(10, 10)) == usual.of(Usage(10, 10)) / 2


@given(
    st.lists(st.text(max_size=300), min_size=1, max_size=4),
    st.integers(16, 4096),
    st.floats(0, 1),
)
def test_no_call_costs_more_than_it_may(texts: list[str], longest: int, share: float) -> None:
    shape = Shape("Pair", {"type": "object", "properties": {}})
    request = Request(tuple(Message("user", one) for one in texts), longest, shape)
    tokens = sum(len(one.encode()) for one in texts)
    written = int(share * tokens)

    usage = Usage(tokens - written, longest, cache_write=written)

    assert _PRICER.cost(usage, "claude-sonnet-4-5") <= _PRICER.worst(request)


_PRICER = a_pricer()


def test_a_shape_is_part_of_what_is_sent() -> None:
    small = Shape("Small", {"type": "object"})
    large = Shape("Large", {"type": "object", "description": "x" * 1000})
    worst = [_PRICER.worst(a_request(shape=shape)) for shape in (None, small, large, small, None)]

    assert worst[0] < worst[1] < worst[2]
    assert worst == worst[::-1]


def test_what_costs_more_at_other_hours_is_reserved_at_its_dearest() -> None:
    settings = TeacherSettings(model="pydantic_ai:deepseek:deepseek-chat")
    usage = Usage(1_000_000, 0)
    hours = [
        Pricer(settings, now=lambda at=OFF_PEAK + timedelta(hours=hour): at) for hour in range(24)
    ]

    costs = {pricer.cost(usage, "deepseek-chat") for pricer in hours}

    assert len(costs) > 1
    assert {pricer.rates.input * MILLION for pricer in hours} == {max(costs)}


def test_a_price_is_looked_up_again_after_a_while() -> None:
    clock, at = [0.0], [OFF_PEAK]
    pricer = Pricer(
        TeacherSettings(model="pydantic_ai:deepseek:deepseek-chat"),
        now=lambda: at[0],
        monotonic=lambda: clock[0],
    )
    usage = Usage(1_000_000)
    before = pricer.cost(usage, "deepseek-chat")
    at[0] += timedelta(hours=6)

    assert pricer.cost(usage, "deepseek-chat") == before
    clock[0] += AS_LONG_AS
    assert pricer.cost(usage, "deepseek-chat") == 2 * before


def test_an_answer_under_another_name_costs_what_that_name_costs() -> None:
    pricer = a_pricer("anthropic:claude-sonnet-4-5")
    usage = Usage(1_000_000)

    assert pricer.cost(usage, "claude-sonnet-4-5-20250929") == pricer.cost(usage, "")
    assert pricer.cost(usage, "claude-opus-4-5") != pricer.cost(usage, "")
    assert pricer.cost(usage, "never heard of") == pricer.cost(usage, "")


def test_steps_hold_for_requests_above_them() -> None:
    low, high = Rates(*[Decimal(1)] * 4), Rates(*[Decimal(2)] * 4)
    tariff = Tariff(((-1, low), (10, high)), "here")

    assert [tariff.at(tokens) for tokens in (0, 10, 11)] == [low, low, high]


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://box.local:1234", True),
        ("http://192.168.1.7/v1", True),
        ("https://api.openai.com/v1", False),
        ("http://8.8.8.8/v1", False),
    ],
)
def test_an_address_is_ones_own_or_not(url: str, *, own: bool) -> None:
    assert is_own_machine(url) is own
