"""The judge that rehearses: free, offline, the same everywhere, and it says what it is."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from lorewright.errors import ModelError
from lorewright.evaluate.dimensions import PROFILES, profile
from lorewright.evaluate.judging.replies import (
    AnswerPreference,
    fault_of_preference,
    faults_of_ratings,
    ratings_shape,
)
from lorewright.generate.neutral import NeutralDraft
from lorewright.llms import Message, Request, open_model, shape_of
from lorewright.llms.prices import Pricer
from lorewright.llms.rehearsed import RehearsedJudge
from lorewright.records import LanguageModel
from lorewright.settings import TeacherSettings

NAMED = TeacherSettings(model="rehearsal:ann")


def asked(words: str, shape: type[BaseModel]) -> Request:
    return Request((Message("user", words),), 1_000, shape=shape_of(shape))


def said(words: str, shape: type[BaseModel], *, name: str = "ann") -> dict[str, Any]:
    judge = RehearsedJudge(name)
    reply = asyncio.run(judge.complete(asked(words, shape)))
    return json.loads(reply.text)


def test_it_is_opened_by_its_name_and_declares_that_it_rehearses() -> None:
    judge = open_model(NAMED)

    assert judge.record == LanguageModel(provider="rehearsal", name="ann")
    assert judge.can.rehearsed


def test_it_costs_nothing() -> None:
    assert Pricer(NAMED).is_free


def test_others_do_not_rehearse() -> None:
    model = TeacherSettings(model="openai:x", url="http://localhost:1/v1", temperature=Decimal(0))

    assert not open_model(model).can.rehearsed


@pytest.mark.parametrize("name", PROFILES)
def test_it_fills_in_every_dimension_as_a_judge_should(name: str) -> None:
    shape = ratings_shape(profile(name).keys)

    for words in ("Yes.", "No.", "Perhaps."):
        assert faults_of_ratings(said(words, shape), profile(name)) == []


def test_it_chooses_what_is_offered() -> None:
    choices = [said(f"text {number}", AnswerPreference) for number in range(40)]

    assert all(fault_of_preference(one) is None for one in choices)
    assert len({str(one["preferred"]) for one in choices}) == 4


def test_the_same_words_get_the_same_judgement_and_other_words_another() -> None:
    shape = ratings_shape(profile("advisor").keys)

    assert said("Yes.", shape) == said("Yes.", shape)
    assert said("Yes.", shape) != said("No.", shape)


def test_two_names_are_two_raters() -> None:
    shape = ratings_shape(profile("advisor").keys)
    differ = [said(str(n), shape) != said(str(n), shape, name="ben") for n in range(10)]

    assert any(differ)


def test_it_uses_the_whole_scale() -> None:
    shape = ratings_shape(("voice",))
    values = {said(str(number), shape)["voice"]["value"] for number in range(200)}

    assert values == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("shape", [None, "other"])
def test_it_writes_no_training_data(shape: str | None) -> None:
    request = Request((Message("user", "Write a pair."),), 100)
    if shape:
        request = asked("Write a pair.", NeutralDraft)

    with pytest.raises(ModelError, match="fills in judgements and nothing else"):
        asyncio.run(RehearsedJudge("ann").complete(request))
