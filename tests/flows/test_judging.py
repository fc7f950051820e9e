"""A judge's run: every answer, both orders, one record; nothing lost, nothing paid twice."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from evaluate.rated_arms import lines_of
from flows.answered_workspace import answered_workspace, keep_answers
from flows.judges import do
from flows.said_of import said_of
from flows.small_workspace import Small
from lorewright.errors import ModelError, Stopped
from lorewright.evaluate.judging import settle
from lorewright.flows.answered import newest_field
from lorewright.flows.judging import JudgeAnswers
from lorewright.flows.judging_panel import choice_for
from lorewright.flows.rated import failures_in, how_of, ratings_of, votes_in
from lorewright.flows.rated import lines_of as said_lines
from lorewright.llms import Abilities, Call, Purpose, Reply, Request, Stop, Usage
from lorewright.llms.rehearsed import RehearsedJudge
from lorewright.records import LanguageModel, Ratings
from lorewright.statistics import aggregate
from lorewright.store import ancestors, erase
from scripted import ScriptedAsker

PAIR = ("tuned", "prompted-base")


class Judge(ScriptedAsker):
    """Rates by rule: the warm voice is better, and the first one now and then."""

    def __init__(self, *, first: bool = False, fails: int = 0, rehearsed: bool = False) -> None:
        super().__init__(self._said, asks_again=1)
        self.can = Abilities(means=("schema",), rehearsed=rehearsed)
        self._first, self._fails, self._calls = first, fails, 0

    def _said(self, request: Request, purpose: Purpose) -> str:
        self._calls += 1
        if self._fails and self._calls % self._fails == 0:
            raise ModelError("the server failed (500)", fault="server")
        text = request.messages[-1].text
        if purpose.name == "evaluate/prefer":
            warm = text.index("Warmly") < text.index("Surely")
            chosen = "A" if self._first or warm else "B"
            return json.dumps({"reason": "it is warmer", "preferred": chosen})
        assert request.shape is not None
        value = 5 if "Warmly" in text else 3
        keys = request.shape.schema["properties"]
        return json.dumps({key: {"reason": "by rule", "value": value} for key in keys})


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Small]:
    with answered_workspace(tmp_path, scenarios=6) as made:
        yield made


def judged(
    here: Small, judge: ScriptedAsker, *, dimensions: str = "criteria", draw: int = 0
) -> Ratings:
    field = newest_field(here.store, None)
    choice = choice_for(field, here.settings, dimensions=dimensions, pairs=[PAIR], draw=draw)
    here.store.put(LanguageModel(provider="scripted", name="script"))
    work = JudgeAnswers(here.store, judge, choice)
    do(here.store, work)
    made = work.made()
    assert made is not None
    return made


def test_every_answer_is_rated_and_every_pair_chosen_in_both_orders(here: Small) -> None:
    judge = Judge()
    ratings = judged(here, judge)

    assert ratings.requested == ratings.accepted == 6 * 3 + 6 * 2 == len(judge.asked)
    assert (ratings.rater, ratings.by, ratings.origin) == ("scripted:script", "judge", "measured")
    said = said_of(here, ratings)
    assert len(said.ratings) == 6 * 3 * 4
    averages = aggregate(said.ratings, scale=(1, 5))
    pairs = averages.paired_by_scenario(*PAIR)
    assert pairs.differences == (2.0,) * 6
    assert pairs.families == ("f-0", "f-0", "f-1", "f-1", "f-2", "f-2")
    assert [one.preference for one in said.votes] == [1] * 6


def test_ratings_lead_back_to_answers_prompts_judge_and_scenarios(here: Small) -> None:
    ratings = judged(here, Judge())

    kinds = [ref.kind for ref in ratings.made_from]
    assert kinds == [*["answers"] * 3, "prompt", "prompt", "language_model", "recipe"]
    assert here.store.names("scenario_set")
    above = ancestors(here.store, ratings.ref)
    assert {"scenario", "source"} <= {ref.kind for ref in above}
    assert how_of(here.store, ratings) == ("rate", "criteria")


def test_every_value_has_the_reason_of_the_judge(here: Small) -> None:
    ratings = judged(here, Judge())

    assert {line.reason for line in said_lines(here.store, ratings)} == {"by rule"}


def test_what_is_told_about_the_advisor_makes_another_rating(here: Small) -> None:
    judge = Judge()
    field = newest_field(here.store, None)
    choice = choice_for(field, here.settings, dimensions="criteria")
    here.store.put(LanguageModel(provider="scripted", name="script"))
    works = [JudgeAnswers(here.store, judge, choice, advisor=one) for one in ("", "Never mocks.")]

    for work in works:
        do(here.store, work)

    assert works[0].made() != works[1].made()
    assert "Never mocks." in judge.asked[-1][0].messages[-2].text


def test_a_judge_that_takes_the_first_one_has_no_preference(here: Small) -> None:
    ratings = judged(here, Judge(first=True))

    assert {one.preference for one in said_of(here, ratings).votes} == {0}
    votes = votes_in(here.store, ratings)
    assert settle(ratings.rater, votes, *PAIR).cases == ((1, -1),) * 6


def test_what_was_judged_is_not_asked_again_and_another_draw_is(here: Small) -> None:
    judge = Judge()
    first = judged(here, judge)
    asked = len(judge.asked)

    again = judged(here, judge)
    assert (again.ref, len(judge.asked)) == (first.ref, asked)

    judged(here, judge, draw=1)
    assert len(judge.asked) == 2 * asked
    assert judge.asked[-1][1].draw == 1


def test_a_forecast_counts_calls_and_characters_and_then_nothing(here: Small) -> None:
    judge = Judge()
    field = newest_field(here.store, None)
    choice = choice_for(field, here.settings, dimensions="criteria", pairs=[PAIR])
    here.store.put(LanguageModel(provider="scripted", name="script"))
    work = JudgeAnswers(here.store, judge, choice)
    rate, prefer = work.forecasts()

    do(here.store, work)

    assert (rate.calls, prefer.calls) == (18, 12)
    asked = sum(len(one.text) for request, _ in judge.asked for one in request.messages)
    assert rate.input_characters + prefer.input_characters == asked
    assert 0 < rate.shared_characters < rate.input_characters
    assert list(work.forecasts()) == []


def test_when_half_the_calls_fail_the_other_half_counts(here: Small) -> None:
    ratings = judged(here, Judge(fails=2))

    assert ratings.requested == 30
    assert ratings.accepted == 15
    assert failures_in([ratings]) == {"the judge's server failed": 15}
    said = said_of(here, ratings)
    assert len(said.ratings) == 9 * 4
    assert said.votes == ()
    assert [(one.reason, one.count) for one in said.excluded] == [
        ("a vote of which one order is missing", 6)
    ]


def test_a_judge_that_refuses_everything_is_counted(here: Small) -> None:
    class Refusing(Judge):
        async def call(self, request: Request, purpose: Purpose) -> Call:
            del purpose
            reply = Reply("No.", Stop.REFUSED, Usage(), b"No.")
            return Call(reply, Decimal(0), request.fingerprint)

    ratings = judged(here, Refusing())

    assert (ratings.accepted, failures_in([ratings])) == (0, {"the judge refused": 30})
    assert said_of(here, ratings).ratings == ()


def test_an_answer_that_did_not_come_is_a_judgement_that_failed(tmp_path: Path) -> None:
    with answered_workspace(
        tmp_path, scenarios=4, failing=lambda scenario, _turn: scenario == "s-002"
    ) as here:
        judge = Judge()
        ratings = judged(here, judge)

        assert failures_in([ratings]) == {"the arm gave no answer": 3}
        assert ratings.requested == 4 * 3 + 4 * 2
        assert len(judge.asked) == ratings.accepted == 17


def test_a_run_that_is_stopped_keeps_no_half_record(here: Small) -> None:
    class Stopping(Judge):
        async def call(self, request: Request, purpose: Purpose) -> Call:
            if len(self.asked) > 5:
                raise Stopped("somebody paused the run")
            return await super().call(request, purpose)

    with pytest.raises(Stopped):
        judged(here, Stopping())

    assert ratings_of(here.store, newest_field(here.store, None).asked.ref) == []


def test_a_rehearsal_says_so_for_good(here: Small) -> None:
    assert judged(here, Judge(rehearsed=True)).origin == "rehearsed"


def test_a_server_that_calls_itself_loopback_rehearses(here: Small) -> None:
    class Served(Judge):
        async def call(self, request: Request, purpose: Purpose) -> Call:
            call = await super().call(request, purpose)
            reply = Reply(call.reply.text, Stop.END, Usage(), b"", model="loopback")
            return Call(reply, call.cost, call.key)

    assert judged(here, Served()).origin == "rehearsed"


def test_a_rehearsal_judge_fills_in_a_whole_evaluation(here: Small) -> None:
    class Rehearsing(Judge):
        async def call(self, request: Request, purpose: Purpose) -> Call:
            del purpose
            reply = await RehearsedJudge("ann").complete(request)
            return Call(reply, Decimal(0), request.fingerprint)

    ratings = judged(here, Rehearsing(rehearsed=True), dimensions="advisor")

    assert ratings.requested == ratings.accepted
    assert {row.value for row in said_of(here, ratings).ratings} <= {1.0, 2.0, 3.0, 4.0, 5.0}


def test_what_a_rater_said_last_counts(here: Small) -> None:
    asked = newest_field(here.store, None).asked.ref
    judged(here, Judge())
    last = judged(here, Judge(), draw=1)
    other = judged(here, Judge(), dimensions="deliberation")

    assert {one.ref for one in ratings_of(here.store, asked)} == {last.ref, other.ref}
    said = said_of(here, *ratings_of(here.store, asked))
    assert len(said.votes) == 6


def test_ratings_of_answers_that_were_given_anew_do_not_count(here: Small) -> None:
    field = newest_field(here.store, None)
    judged(here, Judge())
    anew = [line._replace(tokens=10) for line in lines_of("tuned", field.scenarios)]

    keep_answers(here.store, field.asked, "tuned", anew)

    assert ratings_of(here.store, field.asked.ref) == []
    assert len(ratings_of(here.store, *field.answers)) == 1


def test_erasing_the_source_of_scenarios_destroys_what_was_said_about_answers(
    here: Small,
) -> None:
    ratings = judged(here, Judge())
    (source,) = here.store.names("source")

    erase(here.store, source, here.workspace.folder, why="asked to")

    assert ratings.ref not in list(here.store.names("ratings"))
