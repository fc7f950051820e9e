"""A blind ranking as other programs read it, on the command line and over HTTP."""

from typing import Any

from lorewright.evaluate.ranking import Shown
from lorewright.flows.ranking_results import Standing
from lorewright.records import Ratings
from lorewright.statistics import Finding


def shown_told(shown: Shown) -> dict[str, Any]:
    """An item before its rater: letters, and nothing that says whose they are."""
    return {
        "code": shown.code,
        "number": shown.number,
        "of": shown.of,
        "situation": shown.situation,
        "persona": shown.persona,
        "topic": shown.topic,
        "feeling": shown.feeling,
        "expected": list(shown.expected),
        "advisor": shown.advisor,
        "letters": list(shown.letters),
        "turns": [
            {
                "message": turn.message,
                "replies": {reply.letter: reply.text for reply in turn.replies},
            }
            for turn in shown.turns
        ],
        "questions": {one.key: one.text for one in shown.questions},
    }


def standing_told(standing: Standing) -> dict[str, Any]:
    """What one question came to, with the arms by their names."""
    return {
        "question": standing.question.key,
        "text": standing.question.text,
        "arms": [
            {
                "arm": one.arm,
                **finding_told(one),
                "wins": one.wins,
                "losses": one.losses,
                "ties": one.ties,
            }
            for one in standing.ranks
        ],
        "ties": standing.ties,
        "both_bad": standing.both_bad,
        "agreement": finding_told(standing.agreement),
        "self_agreement": finding_told(standing.self_agreement),
    }


def ratings_told(ratings: Ratings, **more: Any) -> dict[str, Any]:
    """Who said how much, and what did not come."""
    return {
        "name": ratings.ref,
        "rater": ratings.rater,
        "by": ratings.by,
        "family": ratings.family,
        "origin": ratings.origin,
        "requested": ratings.requested,
        "accepted": ratings.accepted,
        "failed": {one.reason: one.count for one in ratings.failed},
        **more,
    }


def finding_told(finding: Finding) -> dict[str, Any]:
    """An estimate with its interval, or why there is none."""
    return {
        "estimate": finding.estimate,
        "low": finding.low,
        "high": finding.high,
        "level": finding.level,
        "n": finding.n,
        "p_value": finding.p_value,
        "state": finding.state.value,
    }
