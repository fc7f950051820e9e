"""What `lorewright generate conversations` does: the plan, the writing, the account."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lorewright.cli.face import Face, counted, show_report
from lorewright.cli.teaching import (
    Asked,
    end_account,
    say_quote,
    show_account,
    taught,
    told_account,
    told_quote,
)
from lorewright.errors import LorewrightError, Stopped, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from lorewright.flows.conversation_bench import ConversationChoice
    from lorewright.flows.conversations import ConversationRun, Tally
    from lorewright.flows.teaching import Account
    from lorewright.generate.conversations import Axis, Cell, PlanChoice
    from lorewright.settings import Settings
    from lorewright.store import Store

NEXT = "lorewright enrich"
MOST_SHOWN = 12
"""Rows of one margin that people are shown."""
CELLS_SHOWN = 20
"""Cells of a plan that people are shown."""
NO_QUOTE: dict[str, Any] = {
    "estimate": [],
    "teacher": "extractive",
    "prices": None,
    "prices_as_of": None,
    "tokens": None,
    "limit": None,
    "batch": False,
}
"""What an estimate tells where nobody is asked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options say of the plan and of the run."""

    kind: str
    count: int | None
    arcs: tuple[str, ...]
    personas: tuple[str, ...]
    topics: tuple[str, ...]
    consultant: str | None
    per_arc: int | None
    per_persona: int | None
    per_topic: int | None
    seed: int | None
    show_plan: bool
    grounded: bool
    retry_failed: bool
    on_error: str
    at_once: int | None
    priority: str


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be written."""

    settings: "Settings"
    choice: "ConversationChoice"
    cells: Sequence["Cell"]
    own: "Path"
    options: Asked
    wanted: Wanted

    @property
    def teacher(self) -> str:
        """Who writes."""
        return self.settings.teacher.model or "extractive"

    @property
    def is_offline(self) -> bool:
        """Whether rules write."""
        return self.settings.teacher.model is None


def converse(face: Face, wanted: Wanted, options: Asked) -> None:
    """Plan, show the plan and what it takes, and write.

    Raises:
        UsageError: when no such plan can be made, or a run may not begin.
        NotYet: when there are no documents that rules could cite.
    """
    with face.store() as store:
        order = _ordered(face, store, wanted, options)
        _show(face, order.cells, whole=wanted.show_plan)
        if wanted.show_plan or options.estimate:
            _foretell(face, store, order)
        elif order.is_offline:
            _by_rules(face, store, order)
        else:
            _by_teacher(face, store, order)


def _ordered(face: Face, store: "Store", wanted: Wanted, options: Asked) -> _Order:
    """Make the plan; one of gaps that was cut off goes on as it was begun."""
    from lorewright.conversations.catalogues import catalogues
    from lorewright.flows.conversation_bench import ConversationChoice
    from lorewright.flows.conversation_plans import as_begun, own_catalogues, planned
    from lorewright.generate.conversations import PlanKind

    settings, own = options.settings(face), own_catalogues(face.workspace)
    if wanted.at_once is not None:
        teacher = settings.teacher.model_copy(update={"at_once": wanted.at_once})
        settings = settings.model_copy(update={"teacher": teacher})
    plan = _plan(store, settings, own, wanted, draw=options.draw)
    choice = ConversationChoice(
        plan=plan, grounded=wanted.grounded, stop_on_error=wanted.on_error == "stop"
    )
    order = _Order(settings, choice, (), own, options, wanted)
    if plan.kind is PlanKind.GAPS:

        def goes_on(begun: "PlanChoice") -> bool:
            tally = _tally(face, store, replace(order, choice=_with_plan(choice, begun)))
            return tally.open > 0 or (wanted.retry_failed and tally.failed.total() > 0)

        plan = as_begun(store, plan, order.teacher, goes_on=goes_on)
    cells = planned(catalogues(own), plan)
    return replace(order, choice=_with_plan(choice, plan), cells=cells)


def _with_plan(choice: "ConversationChoice", plan: "PlanChoice") -> "ConversationChoice":
    return choice.model_copy(update={"plan": plan})


def _plan(
    store: "Store", settings: "Settings", own: "Path", wanted: Wanted, *, draw: int
) -> "PlanChoice":
    """What the options ask of a plan."""
    from lorewright.conversations.catalogues import catalogues
    from lorewright.flows.conversation_plans import arcs_for_rules, filled_so_far
    from lorewright.generate.conversations import PlanChoice, PlanKind

    kind, known = PlanKind(wanted.kind), catalogues(own)
    if settings.teacher.model is None:
        wanted = replace(wanted, arcs=arcs_for_rules(known, wanted.arcs))
    axis, numbers = _quotas(wanted, own)
    if axis is not None and kind is PlanKind.BALANCED:
        kind = PlanKind.STRATIFIED
    if axis is None and wanted.count is None and kind is not PlanKind.STRATIFIED:
        raise UsageError(
            "nothing says how many conversations there are to be",
            hint="say it with --count, or with --per-arc, --per-persona or --per-topic",
        )
    return PlanChoice(
        kind=kind,
        count=wanted.count,
        axis=axis,
        quotas=numbers,
        personas=wanted.personas,
        arcs=wanted.arcs,
        topics=wanted.topics,
        consultant=wanted.consultant,
        seed=settings.conversations.seed if wanted.seed is None else wanted.seed,
        filled=filled_so_far(store) if kind is PlanKind.GAPS else (),
        draw=draw,
    )


def _quotas(wanted: Wanted, own: "Path") -> "tuple[Axis | None, dict[str, int]]":
    """Of what so many are asked for, and how many of each."""
    from lorewright.conversations.catalogues import catalogues
    from lorewright.flows.conversation_plans import quotas_of
    from lorewright.generate.conversations import Axis

    of_each = {
        Axis.ARC: (wanted.per_arc, wanted.arcs),
        Axis.PERSONA: (wanted.per_persona, wanted.personas),
        Axis.TOPIC: (wanted.per_topic, wanted.topics),
    }
    quotas = [
        (axis, quotas_of(catalogues(own), axis, each, named))
        for axis, (each, named) in of_each.items()
        if each is not None
    ]
    if len(quotas) > 1:
        raise UsageError("a plan counts by one of --per-arc, --per-persona and --per-topic")
    return quotas[0] if quotas else (None, {})


def _show(face: Face, cells: Sequence["Cell"], *, whole: bool) -> None:
    """The plan for people: how many of what, and with `whole` its first cells."""
    from lorewright.flows.conversation_plans import in_keys

    face.say(f"plan: {counted(len(cells), 'conversation')}")
    for name, counts in in_keys(cells).items():
        rows = list(counts.items())
        each = ", ".join(f"{key} {number:,}" for key, number in rows[:MOST_SHOWN])
        more = f" and {len(rows) - MOST_SHOWN:,} more" if len(rows) > MOST_SHOWN else ""
        face.say(f"  {name.replace('_', ' ')}: {each}{more}")
    if whole:
        for one in cells[:CELLS_SHOWN]:
            face.say(f"  {one.number:>6,}  {one.persona}  {one.arc}  {one.topic}")
        if len(cells) > CELLS_SHOWN:
            face.say(f"  and {len(cells) - CELLS_SHOWN:,} more; --json tells all")


def _told_plan(cells: Sequence["Cell"]) -> dict[str, Any]:
    from lorewright.flows.conversation_plans import in_keys

    return {"planned": len(cells), **in_keys(cells)}


def _foretell(face: Face, store: "Store", order: _Order) -> None:
    """Say what the plan would take; nothing is written."""
    told, standings = NO_QUOTE, dict[int, str]()
    if order.is_offline:
        face.say("no call would be made, and nothing be spent")
    else:
        try:
            order = _with_retries(face, order, _run(face, store, order))
            told = _quoted(face, store, order)
            standings = _run(face, store, order).standings
        except LorewrightError as error:
            if order.options.estimate:
                raise
            face.note(f"what it would cost cannot be said: {error.sentence}")
            told = {**NO_QUOTE, "teacher": order.teacher}
        else:
            face.note("no call was made; after the first calls the estimate grows sharper")
    cells = [
        {**one._asdict(), "state": standings.get(one.number)}
        for one in order.cells
        if order.wanted.show_plan
    ]
    more = {"cells": cells} if order.wanted.show_plan else {}
    face.result("generate", **_told_plan(order.cells), **told, **more)


def _quoted(face: Face, store: "Store", order: _Order) -> dict[str, Any]:
    """Show calls, tokens, cost and time of all that is not written yet."""
    from lorewright.flows.teaching import estimate_priced

    quote = estimate_priced(store, order.settings, lambda _asker: _run(face, store, order))
    say_quote(face, quote)
    return told_quote(quote)


def _by_rules(face: Face, store: "Store", order: _Order) -> None:
    """Without a language model."""
    from lorewright.flows.conversation_plans import remember
    from lorewright.flows.conversations import OfflineRun

    face.note(
        "no language model is set, so the extractive teacher writes them: template turns around "
        "the exact words of the documents"
    )
    run = OfflineRun(store, order.settings, order.choice, own=order.own)
    remember(store, order.choice.plan, order.teacher)
    with face.progress("conversing", total=len(order.cells)) as watch:
        report = run.write(watch)
    report.step = "generate"  # as the command is called
    tally = run.tally
    show_report(
        face,
        report,
        made="conversation",
        of="cell",
        asked="conversation",
        next_step=NEXT,
        more={
            **_told_plan(order.cells),
            "written": tally.written,
            "failed_for_good": dict(tally.failed),
            "open": tally.open,
            "teacher": order.teacher,
        },
    )


def _by_teacher(face: Face, store: "Store", order: _Order) -> None:
    """By the language model of the settings or of `--model`."""
    from lorewright.flows.conversation_plans import remember
    from lorewright.flows.teacher_works import CONVERSATIONS, told
    from lorewright.flows.teaching import Quote, refuse_without_limit

    order = _with_retries(face, order, _run(face, store, order))
    _quoted(face, store, order)
    refuse_without_limit(order.settings, order.options.allowed())
    remember(store, order.choice.plan, order.teacher)
    account = taught(
        face,
        store,
        order.settings,
        order.options,
        work=CONVERSATIONS,
        choice=told(order.choice),
        priority=order.wanted.priority,
    )
    assert not isinstance(account, Quote)  # an estimate was told before
    show_account(face, account, made="conversation", called="conversation")
    tally = _run(face, store, order).tally
    _say_tally(face, tally)
    face.result(
        "generate",
        **told_account(account, made="conversation", under="conversations"),
        **_told_plan(order.cells),
        written=tally.written,
        failed_for_good=dict(tally.failed),
        open=tally.open,
        teacher=order.teacher,
    )
    _say_why_it_stopped(order, account)
    end_account(face, account, NEXT)


def _with_retries(face: Face, order: _Order, run: "ConversationRun") -> _Order:
    """The order with as many attempts as there were, and one more where it is asked for."""
    retries = run.retries
    if order.wanted.retry_failed:
        before = run.tally
        if before.open:
            face.note(
                f"{counted(before.open, 'conversation')} of this plan not asked for yet: they "
                "come first; then say --retry-failed again"
            )
        elif before.failed:
            retries += 1
        else:
            face.note("no conversation of this plan has failed; there is nothing to try again")
    return replace(order, choice=order.choice.model_copy(update={"retries": retries}))


def _say_tally(face: Face, tally: "Tally") -> None:
    lost = tally.failed.total()
    face.say(
        f"{counted(tally.planned, 'conversation')} planned = {tally.written:,} written + "
        f"{lost:,} failed + {tally.open:,} open"
    )
    for reason, number in tally.failed.most_common():
        face.say(f"  {number:>7,}  failed: {reason.replace('_', ' ')}")
    if lost:
        face.note(
            "`lorewright list rejection` shows them; --retry-failed asks again for those that "
            "failed, and for nothing else"
        )


def _say_why_it_stopped(order: _Order, account: "Account") -> None:
    """Put it in words when the run was paused because of a failure."""
    if order.choice.stop_on_error and isinstance(account.ended, Stopped):
        account.ended = Stopped(
            "a conversation failed, and --on-error stop pauses the run then; what is done is kept",
            hint="`lorewright list rejection` and `lorewright calls --failed` show what came back; "
            "the same command goes on with the rest",
        )


def _tally(face: Face, store: "Store", order: _Order) -> "Tally":
    """What became of the cells of a plan so far."""
    from lorewright.flows.conversations import OfflineRun

    if order.is_offline:
        return OfflineRun(store, order.settings, order.choice, own=order.own).tally
    return _run(face, store, order).tally


def _run(face: Face, store: "Store", order: _Order) -> "ConversationRun":
    """The run as it stands, planned from what is stored; nothing is asked."""
    from lorewright.flows.conversations import conversation_works
    from lorewright.flows.prompting import prompt_folder
    from lorewright.flows.teaching import Prospect

    return conversation_works(
        store,
        order.settings,
        Prospect(store, order.settings.teacher).asker,
        order.choice,
        overrides=prompt_folder(face.workspace),
        own=order.own,
    )
