"""`lorewright judge --known`: what the base model knows before it is tuned."""

from typing import TYPE_CHECKING, Any

from lorewright.cli.face import Face
from lorewright.cli.teaching import (
    Asked,
    end_account,
    show_account,
    show_quote,
    taught,
    told_account,
)

if TYPE_CHECKING:
    from lorewright.flows.knowledge import KnownShare
    from lorewright.lineage import Ref
    from lorewright.store import Store

NEXT = "lorewright curate, with teach in the settings"


def judge_known(face: Face, dataset: str | None, options: Asked, *, show: bool) -> None:
    """Ask the base model for the answers of examples, and say how many it knows."""
    from lorewright.flows.judgements import to_judge
    from lorewright.flows.knowing import as_base, refuse_without_base
    from lorewright.flows.naming import find
    from lorewright.flows.teacher_works import KNOWN, JudgeChoice, told
    from lorewright.flows.teaching import Quote, refuse_without_limit
    from lorewright.records import Dataset

    settings = options.applied(as_base(face.settings))
    if not show:
        refuse_without_base(settings)
    if not (show or options.estimate):
        refuse_without_limit(settings, options.allowed())
    with face.store() as store:
        members = find(store, dataset, Dataset) if dataset else None
        names = to_judge(store, settings, members)
        if show:
            face.result("judge", **_show(face, store, names))
            return
        choice = JudgeChoice(dataset=members.ref if members else None, draw=options.draw)
        account = taught(face, store, settings, options, work=KNOWN, choice=told(choice))
        if isinstance(account, Quote):
            show_quote(face, account, "judge")
            return
        show_account(face, account, made="knowledge", called="example")
        counts = _show(face, store, names)
        face.result("judge", **told_account(account, made="knowledge", under="asked"), **counts)
        end_account(face, account, NEXT)


def told_known(found: "KnownShare") -> dict[str, Any]:
    """How much is known, for other programs."""
    return {**found._asdict(), "share": found.share}


def _show(face: Face, store: "Store", names: "list[Ref]") -> dict[str, Any]:
    from lorewright.flows.knowledge import known_in_words, known_share_of

    found = known_share_of(store, names)
    face.say(known_in_words(found))
    return {"examples": len(names), "knowledge": told_known(found)}
