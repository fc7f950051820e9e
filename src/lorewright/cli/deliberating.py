"""What `lorewright generate deliberations` and `generate panel` do."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lorewright.cli.face import Face, counted, show_report
from lorewright.cli.teaching import (
    Asked,
    end_account,
    money,
    show_account,
    show_quote,
    taught,
    told_account,
)
from lorewright.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from lorewright.flows.deliberations import Bench, DeliberationChoice, Outcome
    from lorewright.generate.deliberations import Measured, PanelLibrary
    from lorewright.records import Deliberation
    from lorewright.settings import Settings
    from lorewright.store import Store

MOST_SHOWN = 5
"""Deliberations that people are shown in full."""
KEY_WORDS = 4
"""Words of a goal that a panel is called by when nobody says its key."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options say."""

    panel: str | None
    panel_file: "Path | None"
    turns: int | None
    weighting: str
    labels: "Path | None"
    count: int
    seed: int
    goal: str | None
    shapes: tuple[str, ...]
    out: "Path | None"
    training_file: "Path | None"
    author: str | None
    production: bool
    sheet: "Path | None"
    card: "Path | None"


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be held, and what is wanted of it."""

    settings: "Settings"
    choice: "DeliberationChoice"
    panels: "PanelLibrary"
    wanted: Wanted
    options: Asked


def deliberate(face: Face, wanted: Wanted, options: Asked) -> None:
    """Show the plan, hold the deliberations, and show what they are worth.

    Raises:
        UsageError: when no panel is named, or a run may not begin.
        BadSettings: when the panel or the labels are faulty.
        Refused: when the set is to be called production, and is not.
    """
    from lorewright.flows.deliberations import Bench, panels_of
    from lorewright.flows.teaching import refuse_without_limit

    settings = options.settings(face)
    file = str(wanted.panel_file.resolve()) if wanted.panel_file else None
    panels = panels_of(face.workspace.folder, file)
    choice = _choice(wanted, panels, file, draw=options.draw)
    order = _Order(settings, choice, panels, wanted, options)
    for issue in panels.issues:
        face.note(f"not used: {issue}")
    with face.store() as store:
        bench = Bench(store, choice, panels).ready()
        if settings.teacher.model is not None and not options.estimate:
            refuse_without_limit(settings, options.allowed())
        _show_plan(face, bench)
        if settings.teacher.model is None:
            _play(face, store, order)
        else:
            _hold(face, store, order)


def _choice(
    wanted: Wanted, panels: "PanelLibrary", file: str | None, *, draw: int
) -> "DeliberationChoice":
    from lorewright.flows.deliberations import DeliberationChoice
    from lorewright.generate.deliberations import panel_in

    if (wanted.panel is None) == (wanted.panel_file is None):
        raise UsageError(
            "nothing says which panel deliberates"
            if wanted.panel is None
            else "--panel and --panel-file name two panels",
            hint=f"name one with --panel: {', '.join(panels.panels)}; or your own with "
            "--panel-file",
        )
    key = panel_in(wanted.panel_file).key if wanted.panel_file else wanted.panel
    return DeliberationChoice.model_validate(
        {
            "panel": key,
            "file": file,
            "turns": wanted.turns,
            "weighting": wanted.weighting,
            "count": wanted.count,
            "seed": wanted.seed,
            "goal": wanted.goal,
            "labels": str(wanted.labels.resolve()) if wanted.labels else None,
            "draw": draw,
        }
    )


def _show_plan(face: Face, bench: "Bench") -> None:
    panel, choice = bench.panel, bench.choice
    each = f"at most {choice.turns} turns each" if choice.turns else "all turns"
    face.say(
        f"plan: {counted(choice.count, 'deliberation')} by {panel.name}, {each}, "
        f"{choice.weighting} weights"
    )
    states = " > ".join(f"{one.key} {one.score}" for one in panel.purpose.states)
    face.say(f"  purpose: {states} > {panel.purpose.target} {panel.purpose.target_score}")
    face.say(f"  personas: {', '.join(one.role for one in panel.personas)}")
    if bench.labels is not None and bench.labels.source == "simulation":
        face.note(
            f"*simulation*: weights are learnt from labels that stand in: {bench.labels.told}"
        )


def _play(face: Face, store: "Store", order: _Order) -> None:
    """Without a language model."""
    from lorewright.flows.deliberations import play_deliberations

    face.note(
        "no language model is set, so conversations that were worked out beforehand are played: "
        "the words are theirs, and the weights decide who speaks"
    )
    if order.options.estimate:
        face.say("no call would be made, and nothing be spent")
        face.result("generate", planned=order.choice.count, teacher="extractive", cost_usd="0")
        return
    with face.progress("deliberating", total=order.choice.count) as watch:
        report = play_deliberations(store, order.choice, order.panels, watch=watch)
    told = {"teacher": "extractive", **_finish(face, store, order, report.made)}
    report.step = "generate"  # as the command is called
    show_report(
        face,
        report,
        made="deliberation",
        of="conversation",
        asked="deliberation",
        next_step=_next(order.settings),
        more=told,
    )


def _hold(face: Face, store: "Store", order: _Order) -> None:
    """By the language model of the settings or of `--model`."""
    from lorewright.flows.deliberations import DeliberationWork
    from lorewright.flows.prompting import prompt_folder
    from lorewright.flows.teacher_works import DELIBERATIONS, told
    from lorewright.flows.teaching import Prospect, Quote, estimate_priced

    prompts = prompt_folder(face.workspace)
    if not order.options.estimate:
        quote = estimate_priced(
            store,
            order.settings,
            lambda asker: [DeliberationWork(store, asker, order.choice, overrides=prompts)],
        )
        for row in quote.rows[-1:]:
            low, _, high = row.cost_usd
            calls = round(row.calls.likely)
            face.say(f"  about {counted(calls, 'call')}, {money(low)} to {money(high)}")
    account = taught(
        face, store, order.settings, order.options, work=DELIBERATIONS, choice=told(order.choice)
    )
    if isinstance(account, Quote):
        show_quote(face, account, "generate")
        return
    asker = Prospect(store, order.settings.teacher).asker
    made = DeliberationWork(store, asker, order.choice, overrides=prompts).made()
    more = _finish(face, store, order, made)
    show_account(face, account, made="deliberation", called="deliberation")
    face.result(
        "generate",
        **told_account(account, made="deliberation", under="deliberations"),
        teacher=order.settings.teacher.model,
        **more,
    )
    end_account(face, account, _next(order.settings))


def _finish(face: Face, store: "Store", order: _Order, made: "Iterable[Any]") -> dict[str, Any]:
    """Show what was held, keep its training text, and write the files that are asked for."""
    from lorewright.flows.deliberation_files import told_deliberation
    from lorewright.flows.deliberations import outcome_of, sampled_examples, teach
    from lorewright.generate.deliberations import TrainingShape

    wanted = order.wanted
    outcome = outcome_of(store, made, seed=wanted.seed)
    shapes = [TrainingShape(one) for one in wanted.shapes]
    examples = teach(store, outcome.deliberations, shapes)
    _show_held(face, outcome.deliberations)
    if outcome.measured is not None:
        _show_measures(face, outcome.measured)
    face.say(
        f"{counted(len(examples), 'example')} kept as training text ({', '.join(wanted.shapes)}); "
        f"the set is {outcome.tier.replace('_', ' ')}: people have accepted {outcome.accepted} of "
        f"the {len(outcome.sample)} in its sample"
    )
    sample = sampled_examples(store, outcome)
    return {
        "weighting": order.choice.weighting,
        "weights_from": next((one.weights_from for one in outcome.deliberations), None),
        "held": [told_deliberation(one) for one in outcome.deliberations],
        "measures": outcome.measured._asdict() if outcome.measured else None,
        "examples": len(examples),
        "tier": outcome.tier,
        "sample": [str(name) for name in sample],
        "files": [str(file) for file in _write(face, store, order, outcome)],
        "issues": [str(one) for one in order.panels.issues],
    }


def _next(settings: "Settings") -> str:
    from lorewright.settings import DELIBERATIONS

    if settings.generation.takes(DELIBERATIONS):
        return "lorewright curate"
    return 'lorewright curate, with teacher = "deliberations" under [generation] in the settings'


def _write(face: Face, store: "Store", order: _Order, outcome: "Outcome") -> "list[Path]":
    from lorewright.flows.deliberation_files import write_policy_card, write_training_file, write_v3
    from lorewright.flows.deliberations import refuse_unreviewed, sampled_examples
    from lorewright.flows.review_sheets import write_sheet

    wanted = order.wanted
    if wanted.production:
        refuse_unreviewed(outcome)
    if wanted.sheet:
        count = write_sheet(face.workspace, store, sampled_examples(store, outcome), wanted.sheet)
        face.say(f"{counted(count, 'example')} for people in {wanted.sheet}")
    if wanted.out:
        author = wanted.author or face.settings.operator
        pairs = write_v3(wanted.out, outcome, author=author)
        face.say(f"{counted(pairs, 'training pair')} in {wanted.out}")
    if wanted.training_file:
        pairs = write_training_file(wanted.training_file, outcome)
        face.say(f"{counted(pairs, 'training pair')} in {wanted.training_file}")
    if wanted.card:
        write_policy_card(wanted.card, order.choice, order.panels, store)
        face.say(f"the card of the weights is in {wanted.card}")
    return [file for file in (wanted.sheet, wanted.out, wanted.training_file, wanted.card) if file]


def _show_held(face: Face, held: "Sequence[Deliberation]") -> None:
    for one in held[:MOST_SHOWN]:
        _show_one(face, one)
    if len(held) > MOST_SHOWN:
        face.say(f"and {len(held) - MOST_SHOWN:,} more; --json tells all")


def _show_one(face: Face, one: "Deliberation") -> None:
    roles = {persona.persona_id: persona.role for persona in one.personas}
    first = one.training_pairs[0].purpose_state_at_turn_start.current_score
    scores = [turn.purpose_state_at_turn_end.achieved_score for turn in one.training_pairs]
    target = one.purpose_framework.overall_target_state.state_score
    way = " > ".join(map(str, (first, *scores)))
    face.say()
    face.say(f"{one.conversation_id}: {one.goal}")
    face.say(f"  purpose: {way} of {target}; {one.ended.value.replace('_', ' ')}")
    for turn in one.training_pairs:
        state = turn.purpose_state_at_turn_start.current_state
        speak = ", ".join(
            f"{roles[each.persona_id]} {each.weight}"
            for each in turn.personas_weighted_for_this_state
        )
        face.say(f"  turn {turn.turn_number}, {state}: {speak}")
        if silent := turn.personas_suppressed_this_turn:
            told = ", ".join(f"{roles[each.persona_id]} {each.weight}" for each in silent)
            face.say(f"    silent: {told}")
        for spot in turn.blind_spots:
            face.say(f"    blind spot, seen by the {roles[spot.raised_by]}: {spot.text}")


def _show_measures(face: Face, measured: "Measured") -> None:
    from lorewright.generate.deliberations import GOALS

    face.say()
    face.say("measures, counted from the content (goal behind them):")
    for name, value in measured._asdict().items():
        goal = f" ({GOALS[name]})" if name in GOALS else ""
        told = "open until a judge is asked" if value is None else f"{value:.2f}"
        face.say(f"  {name.replace('_', ' ')}: {told}{goal}")


def propose(face: Face, *, goal: str, key: str | None, out: "Path | None", options: Asked) -> None:
    """Have a panel proposed for a goal, and write it into a file to edit.

    Raises:
        UsageError: when the key cannot be used, or a run may not begin.
        Refused: when the file is there already.
    """
    from lorewright.flows.deliberation_files import keep_panel, place_of_panel
    from lorewright.flows.deliberations import PanelChoice, PanelWork
    from lorewright.flows.prompting import prompt_folder
    from lorewright.flows.teacher_works import PANEL, told
    from lorewright.flows.teaching import Prospect, Quote, refuse_without_limit

    settings = options.settings(face)
    if not options.estimate:
        refuse_without_limit(settings, options.allowed())
    choice = PanelChoice(goal=goal, key=_key(key, goal), draw=options.draw)
    file = place_of_panel(face.workspace, choice.key, out)
    with face.store() as store:
        account = taught(face, store, settings, options, work=PANEL, choice=told(choice))
        if isinstance(account, Quote):
            show_quote(face, account, "generate")
            return
        asker = Prospect(store, settings.teacher).asker
        panel = PanelWork(store, asker, choice, overrides=prompt_folder(face.workspace)).panel()
    show_account(face, account, made="entry", called="panel")
    if panel is not None:
        keep_panel(file, panel)
        face.say(f"{panel.name}: {counted(len(panel.personas), 'persona')}, in {file}")
    face.result(
        "generate",
        **told_account(account, made="entry", under="panels"),
        key=choice.key,
        file=str(file) if panel else None,
        personas=[one.id for one in panel.personas] if panel else [],
    )
    use = f"--panel-file {file}" if out else f"--panel {choice.key}"
    end_account(face, account, f"edit the file, then lorewright generate deliberations {use}")


def _key(key: str | None, goal: str) -> str:
    """What a panel is called: as somebody says, or by the first words of its goal."""
    named = key or "-".join(re.findall(r"[a-z0-9]+", goal.lower())[:KEY_WORDS])
    if not re.fullmatch(r"[a-z0-9-]+", named):
        raise UsageError(
            f"a panel cannot be called {named!r}",
            hint="say a --key of lower-case letters, digits and dashes",
        )
    return named
