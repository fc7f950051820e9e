"""What `lorewright scenarios generate` does: the order, the writing, the choice, the account."""

from typing import TYPE_CHECKING, Any

from lorewright.cli.face import Face, counted
from lorewright.cli.scenario_showing import say_chosen, told_chosen
from lorewright.cli.teaching import (
    Asked,
    end_account,
    show_account,
    show_quote,
    taught,
    told_account,
)
from lorewright.errors import NotYet, UsageError
from lorewright.flows.conversation_plans import own_catalogues
from lorewright.flows.naming import find
from lorewright.flows.prompting import prompt_folder
from lorewright.flows.scenario_orders import choice_of
from lorewright.flows.scenario_topics import named_topics
from lorewright.flows.scenario_works import OfflineScenarios, ScenarioWork, choose_scenarios
from lorewright.flows.teacher_works import SCENARIOS, told
from lorewright.flows.teaching import Prospect, Quote, refuse_without_limit
from lorewright.records import Dataset, ScenarioPurpose

if TYPE_CHECKING:
    from lorewright.flows.scenario_orders import ScenarioChoice
    from lorewright.flows.scenario_works import Written
    from lorewright.settings import Settings
    from lorewright.store import Store

NEXT = "lorewright scenarios show, then lorewright scenarios check"


def write_scenarios(face: Face, options: Asked, said: dict[str, Any]) -> None:
    """Order scenarios, have them written, and keep those that pass the rules as a set.

    Raises:
        UsageError: when no such plan can be made, or a run may not begin.
        NotYet: when a dataset is needed and there is none.
    """
    settings = options.settings(face)
    with face.store() as store:
        dataset = _dataset(store, said.pop("dataset"), needed=said["held_out"])
        name = said.pop("name") or said["purpose"]
        choice = _choice(store, settings, dataset, said, draw=options.draw)
        if settings.teacher.model is None and not options.estimate:
            _by_rules(face, store, choice, name, dataset)
        else:
            _by_teacher(face, store, settings, options, (choice, name, dataset))


def _dataset(store: "Store", name: str | None, *, needed: bool) -> Dataset | None:
    """The dataset that is meant; None when none is and there is none."""
    try:
        return find(store, name, Dataset)
    except NotYet:
        if needed or name is not None:
            raise
        return None


def _choice(
    store: "Store",
    settings: "Settings",
    dataset: Dataset | None,
    said: dict[str, Any],
    *,
    draw: int,
) -> "ScenarioChoice":
    """The order that the options make."""
    file, held_out = said.pop("topics_file"), said.pop("held_out")
    if sum((file is not None, held_out, bool(said["topics"]))) > 1:
        raise UsageError("topics come from --topic, from --topics or from --held-out; one of them")
    return choice_of(
        settings.evaluation.scenarios,
        purpose=ScenarioPurpose(said.pop("purpose")),
        named=named_topics(store, file) if file is not None else (),
        held_out=dataset.ref if held_out and dataset else None,
        draw=draw,
        **said,
    )


def _by_rules(
    face: Face, store: "Store", choice: "ScenarioChoice", name: str, dataset: Dataset | None
) -> None:
    """Without a language model."""
    face.note("no language model is set, so rules write them around the cards of the catalogues")
    work = OfflineScenarios(store, choice, own=own_catalogues(face.workspace))
    with face.progress("writing scenarios", total=choice.count) as watch:
        work.write(watch)
    _keep(face, store, work.written, (name, dataset), {"teacher": "extractive", "account": None})
    face.note(f"next: {NEXT}")


def _by_teacher(
    face: Face,
    store: "Store",
    settings: "Settings",
    options: Asked,
    order: "tuple[ScenarioChoice, str, Dataset | None]",
) -> None:
    """By the language model of the settings or of `--model`."""
    choice, name, dataset = order
    if not options.estimate:
        refuse_without_limit(settings, options.allowed())
    account = taught(face, store, settings, options, work=SCENARIOS, choice=told(choice))
    if isinstance(account, Quote):
        show_quote(face, account, "scenarios")
        return
    show_account(face, account, made="scenario", called="scenario")
    work = ScenarioWork(
        store,
        settings.evaluation.scenarios,
        Prospect(store, settings.teacher).asker,
        choice,
        overrides=prompt_folder(face.workspace),
        own=own_catalogues(face.workspace),
    )
    _keep(
        face,
        store,
        work.written,
        (name, dataset),
        {
            "teacher": settings.teacher.model,
            "account": told_account(account, made="scenario", under="scenarios"),
        },
    )
    end_account(face, account, NEXT)


def _keep(
    face: Face,
    store: "Store",
    written: "Written",
    into: "tuple[str, Dataset | None]",
    more: dict[str, Any],
) -> None:
    """Choose among what was written, unless some of it is still to come."""
    name, dataset = into
    if written.open:
        face.say(f"{counted(written.open, 'scenario')} still to come, so no set is made yet")
        face.note("the same command goes on; what is written is not paid for again")
        face.result("scenarios", open=written.open, set=None, **more)
        return
    rules = face.settings.evaluation.scenarios
    chosen = choose_scenarios(store, rules, written, name, dataset=dataset)
    say_chosen(face, chosen, dataset)
    face.result("scenarios", open=0, **told_chosen(chosen, dataset), **more)
