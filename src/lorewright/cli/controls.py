"""`lorewright generate controls`: the neutral counterparts of conversations."""

from typing import Any

import click

from lorewright.cli.face import Face, face_command, show_report
from lorewright.cli.teaching import (
    Asked,
    end_account,
    show_account,
    show_quote,
    taught,
    teacher_options,
    told_account,
)

NEXT = "lorewright enrich"


@click.command()
@teacher_options
@face_command
def controls(face: Face, **asked: Any) -> None:
    """Let a language model rewrite complete conversations without feeling, facts unchanged.

    A counterpart keeps the user's turns, every figure and most words that carry content, has
    about the same length and no stretch of warmth; one that does not is kept as rejected. An
    adapter trained on counterparts shows how much of an effect is empathy. Without a language
    model in the settings, conversations of the extractive teacher are rewritten by rules.

    \b
    Examples:
      lorewright generate controls --estimate
      lorewright generate controls --max-cost 0.50
    """
    from lorewright.flows.teacher_works import CONTROLS, ControlChoice, told
    from lorewright.flows.teaching import Quote, refuse_without_limit

    options = Asked(**asked)
    settings = options.settings(face)
    if settings.teacher.model is None and not options.estimate:
        _by_rules(face)
        return
    if not options.estimate:
        refuse_without_limit(settings, options.allowed())
    with face.store() as store:
        choice = told(ControlChoice(draw=options.draw))
        account = taught(face, store, settings, options, work=CONTROLS, choice=choice)
        if isinstance(account, Quote):
            show_quote(face, account, "generate")
            return
        show_account(face, account, made="conversation", called="counterpart")
        face.result("generate", **told_account(account, made="conversation", under="controls"))
        end_account(face, account, NEXT)


def _by_rules(face: Face) -> None:
    """Without a language model."""
    from lorewright.flows.controls import controls_by_rules

    face.note("no language model is set, so rules rewrite what the extractive teacher wrote")
    with face.store() as store, face.progress("rewriting") as watch:
        report = controls_by_rules(store, face.settings, watch=watch)
    report.step = "generate"  # as the command is called
    show_report(
        face,
        report,
        made="conversation",
        of="conversation",
        asked="counterpart",
        next_step=NEXT,
        more={"controls": report.counts["conversation"]},
    )
