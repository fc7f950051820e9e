"""What a server means by an answer that is not 200: try again, ask otherwise, or give up."""

import json
import re
from typing import NamedTuple

from pydantic import JsonValue

from lorewright.errors import BadReply, EndpointError, LorewrightError, ModelError
from lorewright.llms.endpoint import Endpoint
from lorewright.llms.http import Response
from lorewright.llms.reading import Heard, heard
from lorewright.llms.waiting import wait_of
from lorewright.llms.wire import Means

LONGEST_SAID = 300
"""How many characters of a server's own words stand in an error."""
_SPACE = re.compile(r"\s+")
_ABOUT_SHAPES = re.compile(
    r"response_format|json_schema|json_object|output_config|output_format|structured|schema"
    r"|tool_choice|tool choice|tools?\b|grammar|guided",
    re.IGNORECASE,
)
_ABOUT_MONEY = re.compile(
    r"insufficient_quota|exceeded your current quota|credit balance|billing", re.IGNORECASE
)
_ABOUT_LENGTH = re.compile(
    r"context.?(length|window|size)|too long|too many tokens|maximum.{0,20}tokens", re.IGNORECASE
)
_NO_SUCH_MODEL = re.compile(
    r"model_not_found|model.{0,80}(not found|does not exist)", re.IGNORECASE
)
_OVERLOADED = frozenset({503, 529})
_IS_SLOW = frozenset({408, 504})


class Asked(NamedTuple):
    """What was asked of whom, as far as an error needs it."""

    endpoint: Endpoint
    name: str
    """The language model."""
    means: Means = "prose"


class UnknownModel(EndpointError):
    """The server has no language model of that name."""


class _Fault(Heard):
    type: str | None = None
    code: str | int | None = None
    message: str | None = None


class _Refusal(_Fault):
    error: _Fault | str | None = None
    detail: JsonValue = None


def refusal_of(response: Response, asked: Asked) -> LorewrightError:
    """The error that `response` amounts to."""
    said = said_in(response.body)
    status = response.status
    if _ABOUT_MONEY.search(said) and status in {400, 402, 403, 429}:
        return _no_credit(said, asked)
    if 300 <= status < 400:
        return _elsewhere(asked)
    if status in {401, 403}:
        return _wrong_key(status, said, asked)
    if status == 404 or (status < 500 and _NO_SUCH_MODEL.search(said)):
        return UnknownModel(f"the server answered {status}: {said}", where=asked.endpoint.origin)
    if status == 429 or status >= 500 or status in _IS_SLOW:
        return _passing(response, said, asked)
    return _bad_request(status, said, asked)


def said_in(body: bytes) -> str:
    """The server's own words: its code and its message, on one line and cut to a bearable length.

    Both protocols, and the servers that speak them nearly, put them in different places.
    """
    try:
        found = heard(body, _Refusal)
    except BadReply:
        line = body[: 16 * LONGEST_SAID].decode(errors="replace")
    else:
        line = _told(found) or body.decode(errors="replace")
    line = _SPACE.sub(" ", line).strip()
    shown = "".join(letter for letter in line if letter.isprintable())
    return shown if len(shown) <= LONGEST_SAID else f"{shown[: LONGEST_SAID - 1]}…"


def _told(found: _Refusal) -> str:
    error = found.error if found.error is not None else found
    if isinstance(error, str):
        return error
    codes = dict.fromkeys(code for code in (error.type, error.code) if isinstance(code, str))
    message = error.message or found.detail
    said = message if isinstance(message, str) else json.dumps(message) if message else ""
    return ": ".join([*codes, said] if said else codes)


def _no_credit(said: str, asked: Asked) -> EndpointError:
    return EndpointError(
        f"the provider's account has no credit left: {said}",
        where=asked.endpoint.origin,
        hint="add credit there, and run the same command again; it continues",
    )


def _elsewhere(asked: Asked) -> EndpointError:
    return EndpointError(
        "the server sends us to another address, and a key is not carried there",
        where=asked.endpoint.origin,
        hint="set teacher.url to the address that answers itself",
    )


def _wrong_key(status: int, said: str, asked: Asked) -> EndpointError:
    variable = asked.endpoint.variable
    return EndpointError(
        f"the server refuses the key ({status}): {said}"
        if variable
        else f"the server wants a key ({status}): {said}",
        where=asked.endpoint.origin,
        hint=f"is the key in the environment variable {variable} right, and may it use the model?"
        if variable
        else "name the environment variable that holds it in teacher.key_variable",
    )


def _passing(response: Response, said: str, asked: Asked) -> ModelError:
    """What another attempt may get past."""
    fault, sentence = "server", f"the server failed ({response.status}): {said}"
    if response.status == 429:
        fault, sentence = "rate_limited", f"the server limits how often it is asked: {said}"
    elif response.status in _OVERLOADED:
        fault, sentence = "overloaded", f"the server is overloaded ({response.status}): {said}"
    elif response.status in _IS_SLOW:
        fault, sentence = "slow", f"the server took too long ({response.status}): {said}"
    return ModelError(
        sentence,
        where=asked.endpoint.origin,
        fault=fault,
        again=response.status != 501,
        wait_s=wait_of(response.headers),
    )


def _bad_request(status: int, said: str, asked: Asked) -> ModelError:
    where = asked.endpoint.origin
    if status == 413 or _ABOUT_LENGTH.search(said):
        hint = "ask about shorter chunks, or take a language model that reads more at once"
        sentence = f"the question is too long for the server ({status}): {said}"
        return ModelError(sentence, where=where, hint=hint, fault="too_long")
    if asked.means != "prose" and _ABOUT_SHAPES.search(said):
        sentence = f"the server cannot hold an answer to a shape that way ({status}): {said}"
        return ModelError(sentence, where=where, fault="shape_unsupported")
    hint = None
    if "temperature" in said.lower():
        hint = "some language models take no temperature: set teacher.temperature to none"
    sentence = f"the server refuses the question ({status}): {said}"
    return ModelError(sentence, where=where, hint=hint, fault="bad_request")
