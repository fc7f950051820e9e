"""Whatever goes wrong on the wire or in an answer ends in the right value or a clear error."""

from functools import cache

import pytest

from llms.straight import PROTOCOLS, Pairs, asked, fault_of
from lorewright.errors import BadReply, EndpointError, LorewrightError, ModelError
from lorewright.llms.loopback import FAULTS, Rehearsal

RIGHT = "right"
OUTCOMES: dict[str, str | tuple[str, str]] = {
    "fence": RIGHT,
    "prose_around": RIGHT,
    "prose_and_fence": RIGHT,
    "think": RIGHT,
    "think_for_ever": "cut",
    "byte_order_mark": RIGHT,
    "trailing_comma": RIGHT,
    "python_quotes": RIGHT,
    "raw_newline": RIGHT,
    "unescaped_quotes": RIGHT,
    "truncated": "truncated",
    "truncated_end": "truncated",
    "lying_stop": "cut",
    "lying_stop_end": "cut",
    "stop_at_length": "truncated",
    "odd_stop": "unfinished",
    "wrong_enum": "wrong_shape",
    "missing_field": "wrong_shape",
    "bare_array": "wrong_shape",
    "twice": "wrong_shape",
    "empty": "empty",
    "refusal": "refused",
    "refusal_text": "not_json",
    "content_filter": ("filtered", "refused"),
    "no_usage": RIGHT,
    "rate_limited": "rate_limited",
    "rate_limited_until": "rate_limited",
    "rate_limited_by_tokens": "rate_limited",
    "quota_exhausted": "endpoint",
    "no_credit": "endpoint",
    "overloaded": "overloaded",
    "unavailable": "overloaded",
    "server_error": "server",
    "bad_gateway": "server",
    "gateway_timeout": "slow",
    "wrong_key": "endpoint",
    "forbidden": "endpoint",
    "model_unknown": "endpoint",
    "bad_request": "bad_request",
    "no_temperature": "bad_request",
    "no_schema_support": "shape_unsupported",
    "too_long_a_prompt": "too_long",
    "request_too_large": "too_long",
    "reset": "cut_off",
    "reset_mid_body": "cut_off",
    "short_body": "cut_off",
    "invalid_utf8": "not_utf8",
    "huge": "too_long",
    "slow": "slow",
    "not_json": "not_json",
    "other_protocol": "other_protocol",
    "no_choices": ("empty", "unfinished"),
    "error_in_200": "server",
    "redirect": "endpoint",
    "echoed_key": RIGHT,
    "stream_cut": "cut_off",
    "error_in_stream": ("server", "overloaded"),
}
ONLY_IN_STREAMS = {"stream_cut", "error_in_stream"}
CASES = [
    (fault, "streamed" if stream else "whole")
    for fault in FAULTS
    for stream in (False, True)
    if stream or fault not in ONLY_IN_STREAMS
]
WORTH_ANOTHER_TRY = {"rate_limited", "overloaded", "server", "slow", "cut_off"}
WORTH_ASKING_AGAIN = [
    "think_for_ever",
    "lying_stop",
    "odd_stop",
    "wrong_enum",
    "missing_field",
    "bare_array",
    "twice",
    "empty",
    "refusal_text",
]


def outcome(fault: str, protocol: str) -> str:
    expected = OUTCOMES[fault]
    return expected if isinstance(expected, str) else expected[PROTOCOLS.index(protocol)]


def put(protocol: str, fault: str, *, stream: bool = False) -> Pairs | LorewrightError:
    timeout_s = 0.3 if fault == "slow" else 20.0
    try:
        rehearsal = Rehearsal(script=[fault])
        return asked(protocol, rehearsal, stream=stream, timeout_s=timeout_s, key="K").value
    except (ModelError, EndpointError) as error:
        return error


@cache
def good(protocol: str, *, stream: bool) -> Pairs:
    """The answer when nothing goes wrong."""
    return asked(protocol, Rehearsal(), stream=stream).value


def meant(value: Pairs) -> str:
    """An answer without what two of the faults put into its words."""
    return " ".join(value.model_dump_json().replace('\\"so\\" ', "").replace("\\n", " ").split())


def test_the_table_knows_every_fault_there_is() -> None:
    assert set(OUTCOMES) == set(FAULTS)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(("fault", "way"), CASES)
def test_every_fault_ends_in_the_right_value_or_a_clear_error(
    fault: str, way: str, protocol: str
) -> None:
    stream = way == "streamed"
    result = put(protocol, fault, stream=stream)

    expected = outcome(fault, protocol)
    if isinstance(result, Pairs):
        assert expected == RIGHT
        assert meant(result) == meant(good(protocol, stream=stream))
        return
    assert fault_of(result) == expected
    assert result.sentence[0].islower()
    if isinstance(result, ModelError):
        assert result.again == (expected in WORTH_ANOTHER_TRY)
    if isinstance(result, BadReply):
        assert result.raw or fault == "empty"


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("fault", WORTH_ASKING_AGAIN)
def test_an_answer_that_is_off_is_asked_for_again_with_what_is_wrong(
    fault: str, protocol: str
) -> None:
    answer = asked(protocol, Rehearsal(script=[fault]), asks_again=1)

    assert len(answer.calls) == 2
    assert len(answer.value.pairs) >= 2


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_refusal_is_not_asked_for_again(protocol: str) -> None:
    with pytest.raises(BadReply, match="refused"):
        asked(protocol, Rehearsal(script=["refusal"]), asks_again=3)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("fault", ["rate_limited", "rate_limited_by_tokens"])
def test_a_limit_says_how_long_to_wait(protocol: str, fault: str) -> None:
    with pytest.raises(ModelError) as caught:
        asked(protocol, Rehearsal(script=[fault], retry_after_s=30))

    assert caught.value.wait_s is not None
    assert 25 < caught.value.wait_s <= 31


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_wrong_key_names_the_variable_that_holds_it(protocol: str) -> None:
    with pytest.raises(EndpointError) as caught:
        asked(protocol, Rehearsal(key="the right one"), key="a wrong one")

    assert "SOME_KEY" in str(caught.value.hint)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_unknown_model_is_answered_with_those_that_there_are(protocol: str) -> None:
    with pytest.raises(EndpointError, match="'teacher'") as caught:
        asked(protocol, Rehearsal(names=("small", "large")))

    assert caught.value.hint == "it has large, small"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_model_that_takes_no_temperature_says_which_setting_to_change(protocol: str) -> None:
    with pytest.raises(ModelError) as caught:
        asked(protocol, Rehearsal(script=["no_temperature"]))

    assert "teacher.temperature" in str(caught.value.hint)
