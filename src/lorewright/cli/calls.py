"""`lorewright calls`: what was asked of language models, what it cost, and what came back."""

from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.cli.teaching import money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lorewright.store import KeptCall, Store, Totals

SHOWN = 1_000
"""The most calls that are listed; those of the whole workspace may be millions."""


@click.command()
@click.argument("key", required=False)
@click.option("--failed", is_flag=True, help="List those without an answer that can be used.")
@click.option("--run", metavar="RUN", help="Only those of this run.")
@click.option("--prices", is_flag=True, help="Show what the language model that is set costs.")
@click.option("--raw", is_flag=True, help="With KEY: the body of the response as it came.")
@face_command
def calls(
    face: Face, *, key: str | None, failed: bool, run: str | None, prices: bool, raw: bool
) -> None:
    """Show the calls to language models: how many, what for, what they cost.

    With the first digits of a KEY it shows one call with its reply, also of one that failed.

    \b
    Examples:
      lorewright calls
      lorewright calls --failed
      lorewright calls 3f0a --raw
      lorewright calls --prices
    """
    from lorewright.errors import UsageError

    if sum(map(bool, (key, failed or run, prices))) > 1:
        raise UsageError("name a call by its key, list calls, or look at prices; one at a time")
    if raw and not key:
        raise UsageError("--raw shows the reply of one call", hint="name it by its key")
    if prices:
        _prices(face)
        return
    with face.store() as store:
        if key:
            _one(face, store, key, raw=raw)
        elif failed:
            _failed(face, store, run)
        else:
            _totals(face, store, run)


def _totals(face: Face, store: "Store", run: str | None) -> None:
    from lorewright.store import totals

    found = totals(store, run)
    if not found:
        face.note("no language model was asked" + (" in this run" if run else " yet"))
    for purpose, one in found.items():
        tokens = one.tokens
        read = tokens.input + tokens.cache_read + tokens.cache_write
        face.say(
            f"{counted(one.calls, 'call'):>14}  {purpose:<36}{read:>12,} in "
            f"{tokens.output:>11,} out  {money(one.cost_usd):>10}"
        )
    cost = sum(one.cost_usd for one in found.values())
    face.result(
        "calls", purposes={name: _sums(one) for name, one in found.items()}, cost_usd=str(cost)
    )


def _failed(face: Face, store: "Store", run: str | None) -> None:
    from lorewright.store import calls_of, failed_calls

    found: Iterable[KeptCall] = failed_calls(store) if not run else calls_of(store, run)
    found = (one for one in found if one.state != "complete")
    shown = list(islice(found, SHOWN + 1))
    more = len(shown) > SHOWN
    for one in shown[:SHOWN]:
        said = one.error or _why(one)
        face.say(f"{one.key.hex()[:12]}  {one.at}  {one.purpose:<36} {one.fault or '-'}: {said}")
    if not shown:
        face.note("every call brought an answer that could be used")
    if more:
        face.note(f"there are more; the oldest {SHOWN:,} are shown")
    face.result("calls", failed=[_told(one) for one in shown[:SHOWN]], more=more)


def _why(one: "KeptCall") -> str:
    if one.stop in {None, "end"}:
        return "the answer was whole, and still led to nothing that can be used"
    return f"the answer is not whole: it ended for the reason `{one.stop}`"


def _one(face: Face, store: "Store", key: str, *, raw: bool) -> None:
    from lorewright.store import call_named, words_of

    attempts = call_named(store, key)
    told: list[dict[str, Any]] = []
    for one in attempts:
        words = words_of(store, one.number)
        body = None if words.raw is None else words.raw.decode(errors="backslashreplace")
        face.say(
            f"{one.key.hex()[:12]} attempt {one.attempt}: {one.purpose}, draw {one.draw}, "
            f"{one.language_model.short}, {one.state}, {one.at}, {one.seconds} s, "
            f"{money(one.cost_usd)}"
        )
        if one.erased_at:
            face.say(f"its words were destroyed on {one.erased_at[:10]} with what they repeat")
        if one.error:
            face.say(f"{one.fault or 'error'}: {one.error}")
        said = body if raw else words.text
        if said:
            face.say(said)
        told.append({**_told(one), "text": words.text, **({"raw": body} if raw else {})})
    face.result("calls", attempts=told)


def _prices(face: Face) -> None:
    from lorewright.llms.prices import Pricer

    pricer = Pricer(face.settings.teacher)
    rates = {
        "input": pricer.rates.input,
        "output": pricer.rates.output,
        "cache_read": pricer.rates.cache_read,
        "cache_write": pricer.rates.cache_write,
    }
    for name, rate in rates.items():
        face.say(f"{name.replace('_', ' '):>12}  ${rate * 1_000_000:,.2f} per million tokens")
    face.say(pricer.source)
    if pricer.as_of:
        face.say(f"the newest price of the list is of {pricer.as_of}")
    face.result(
        "calls",
        teacher=face.settings.teacher.model,
        prices_usd={name: str(rate) for name, rate in rates.items()},
        source=pricer.source,
        as_of=pricer.as_of,
    )


def _sums(one: "Totals") -> dict[str, Any]:
    return {
        "complete": one.complete,
        "unusable": one.unusable,
        "failed": one.failed,
        "cost_usd": str(one.cost_usd),
        "tokens": one.tokens._asdict(),
    }


def _told(one: "KeptCall") -> dict[str, Any]:
    return {
        "key": one.key.hex(),
        "attempt": one.attempt,
        "purpose": one.purpose,
        "draw": one.draw,
        "run": one.run,
        "language_model": str(one.language_model),
        "answered_by": one.answered_by,
        "state": one.state,
        "stop": one.stop,
        "fault": one.fault,
        "error": one.error,
        "at": one.at,
        "seconds": str(one.seconds),
        "cost_usd": str(one.cost_usd),
        "tokens": one.tokens._asdict(),
        "erased_at": one.erased_at,
    }
