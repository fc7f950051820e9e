"""What is said about locks, answers and proofs."""

from typing import TYPE_CHECKING, Any

from lorewright.cli.face import Face, sum_of
from lorewright.cli.teaching import money, say_quote, told_quote

if TYPE_CHECKING:
    from lorewright.flows.arms import Estimate
    from lorewright.flows.evaluating import Evaluated
    from lorewright.flows.locking import Locked

NEXT = "`lorewright ratings judge`, `lorewright ratings export` or `lorewright rank`"
"""How answers come to be rated."""


def note_lock(face: Face, locked: "Locked") -> None:
    """Say what was promised now."""
    face.note(f"locked in {locked.path}, sha256 {locked.record.sha256[:16]}")


def note_estimate(face: Face, left: "Estimate") -> None:
    """Say what answering takes, before it begins."""
    if left.answers:
        face.note(
            f"answering: {left.answers:,} answers to come, at most {left.tokens:,} tokens; on a "
            f"CPU at most about {_minutes(left.minutes)}"
        )
    if left.reference is not None:
        whole, limit = left.reference.whole, left.reference.limit
        low, _, high = whole.cost_usd
        most = "no limit is set" if limit is None else f"limit {money(limit)}"
        face.note(
            f"asking {left.reference.teacher}: about {whole.calls.likely:,.0f} calls, "
            f"{money(low)} to {money(high)}; {most}"
        )


def show_estimate(face: Face, left: "Estimate") -> None:
    """Say what answering would take, and nothing else is done."""
    if left.is_done:
        face.say("every arm has answered; nothing is left to ask")
    if left.answers:
        face.say(f"answers: {left.answers:,}, at most {left.tokens:,} tokens")
        face.say(f"time on a CPU: at most about {_minutes(left.minutes)}")
    if left.reference is not None:
        say_quote(face, left.reference)
    face.note("nothing was locked and nobody was asked")
    face.result(
        "evaluate",
        answers=left.answers,
        tokens=left.tokens,
        minutes=round(left.minutes, 2),
        reference=None if left.reference is None else told_quote(left.reference),
    )


def show_lock(face: Face, locked: "Locked") -> None:
    """Show the file of a lock and its hash."""
    promise = locked.promise
    face.say(f"locked: {', '.join(promise.contest.arms)}")
    face.say(f"on {promise.asked.count:,} scenarios in {promise.asked.families:,} families")
    face.say(f"file {locked.path}")
    face.say(f"sha256 {locked.record.sha256}")
    if promise.again:
        face.say(f"answers existed before; this is lock {promise.again + 1} of the contest")
    face.say(f"lock {locked.record.ref.short}")
    face.result("evaluate", **told_lock(locked))


def told_lock(locked: "Locked") -> dict[str, Any]:
    """The same for other programs."""
    return {
        "lock": locked.record.ref,
        "sha256": locked.record.sha256,
        "path": str(locked.path),
        "again": locked.promise.again,
        "promise": locked.promise.model_dump(mode="json"),
    }


def show_evaluated(face: Face, done: "Evaluated") -> None:
    """Say what was answered, and what the ratings of it show."""
    for arm, one in done.answers.items():
        face.say(f"{arm}: {sum_of('answer', one.answered, 0, one.failed)}")
    verdict = done.verdict
    if verdict is None:
        face.say("nobody has rated these answers, so nothing is shown")
        face.note(f"next: {NEXT}")
        return
    face.say(verdict.headline)
    for sentence in verdict.sentences:
        face.say(f"  {sentence}")
    face.say(f"proof {verdict.ref.short}, lock sha256 {done.locked.record.sha256}")


def told_evaluated(done: "Evaluated") -> dict[str, Any]:
    """The same for other programs."""
    verdict = done.verdict
    return {
        "lock": done.locked.record.ref,
        "sha256": done.locked.record.sha256,
        "answers": {
            arm.value: {
                "answers": one.ref,
                "requested": one.requested,
                "answered": one.answered,
                "failed": one.failed,
            }
            for arm, one in done.answers.items()
        },
        "proof": None if verdict is None else verdict.ref,
        "verdict": None if verdict is None else verdict.verdict,
        "origin": None if verdict is None else verdict.origin,
        "headline": None if verdict is None else verdict.headline,
        "sentences": [] if verdict is None else list(verdict.sentences),
        "flaws": [] if verdict is None else list(verdict.flaws),
        "deviations": []
        if verdict is None
        else [one.model_dump(mode="json") for one in verdict.deviations],
    }


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return "a minute"
    return f"{minutes:,.0f} minutes" if minutes < 120 else f"{minutes / 60:,.0f} hours"
