"""`lorewright measure`: how varied, how balanced and how well rated examples are."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, face_command
from lorewright.cli.known import told_known

if TYPE_CHECKING:
    from lorewright.flows.measuring import Measured
    from lorewright.measures import HoldOutReach, Lengths, Mixture

SHOWN = 8
"""Entities that are listed for people; programs are told all of them."""


@click.command()
@click.argument("dataset", required=False)
@face_command
def measure(face: Face, dataset: str | None) -> None:
    """Say how varied examples are, how much of each document they speak of, and how rated.

    Without DATASET everything that could enter the next one is measured. Nothing is asked of a
    language model: ratings, and what the base model knows, are what `lorewright judge` has kept,
    and where there are none they are not measured.

    \b
    Examples:
      lorewright measure
      lorewright measure coach@latest
    """
    from lorewright.errors import MissingExtra
    from lorewright.flows.judgements import to_judge
    from lorewright.flows.measuring import held_out_of
    from lorewright.flows.measuring import measure as measured
    from lorewright.flows.naming import find
    from lorewright.records import Dataset

    with face.store() as store:
        members = find(store, dataset, Dataset) if dataset else None
        names = to_judge(store, face.settings, members)
        found = measured(store, names, threshold=face.settings.curation.near_duplicate_jaccard)
        reach, why = None, "no dataset is named"
        if members is not None:
            try:
                reach, why = held_out_of(store, members), "it has no transfer set"
            except MissingExtra as error:
                why = f"{error.sentence}; {error.hint}"
    _show(face, found)
    _show_reach(face, reach, why)
    face.result("measure", **_told(found), held_out=_told_reach(reach))


def _show(face: Face, found: "Measured") -> None:
    from lorewright.flows.knowledge import known_in_words
    from lorewright.flows.ratings import in_words

    face.say(f"{found.examples:,} examples")
    face.say(f"  questions       {_lengths(found.questions)}")
    face.say(f"  answers         {_lengths(found.answers)}")
    face.say(
        f"  distinct words  {_share(found.distinct_1)}; pairs of words {_share(found.distinct_2)}"
    )
    face.say(f"  MTLD            {'not measured' if found.mtld is None else f'{found.mtld:.0f}'}")
    usable = found.usable
    face.say(f"  usable          {usable.usable:,} of {usable.pairs:,} answers, each once")
    face.say(f"  asked again     {_share(found.near_duplicate_questions)} of the questions, nearly")
    face.say(f"  task forms      {_mixture(found.forms)}")
    face.say(f"  levels          {_mixture(found.levels)}")
    for one in found.sources:
        share = one.covered / one.characters if one.characters else 1.0
        face.say(
            f"  {one.title}: {share:.0%} of the characters and {one.sections_covered:,} of "
            f"{one.sections:,} sections are spoken of"
        )
    _show_entities(face, found)
    face.say(in_words(found.ratings))
    face.say(known_in_words(found.knowledge))


def _show_reach(face: Face, reach: "HoldOutReach | None", why: str) -> None:
    if reach is None:
        face.say(f"transfer against trained: not measured, since {why}")
        return
    far, near = reach.farthest, reach.nearest
    face.say(
        f"transfer against trained: mean cosine {reach.mean:.2f}; farthest {far.cosine:.2f} "
        f"({_short(far.held_out)}), nearest {near.cosine:.2f} ({_short(near.held_out)} and "
        f"{_short(near.trained)})"
    )


def _told_reach(reach: "HoldOutReach | None") -> dict[str, Any] | None:
    if reach is None:
        return None
    return {
        "mean": reach.mean,
        "farthest": reach.farthest._asdict(),
        "nearest": reach.nearest._asdict(),
    }


def _short(name: str) -> str:
    return name[: len("example:") + 8]


def _show_entities(face: Face, found: "Measured") -> None:
    over = list(found.entities.over.items())
    if not over:
        face.say("  no entity is named in more than 5% of the answers")
        return
    listed = ", ".join(f"{entity} ({count:,})" for entity, count in over[:SHOWN])
    more = f" and {len(over) - SHOWN:,} more" if len(over) > SHOWN else ""
    face.say(f"  named in more than 5% of the answers: {listed}{more}")


def _told(found: "Measured") -> dict[str, Any]:
    ratings = found.ratings
    return {
        "examples": found.examples,
        "questions": found.questions._asdict(),
        "answers": found.answers._asdict(),
        "distinct_1": found.distinct_1,
        "distinct_2": found.distinct_2,
        "mtld": found.mtld,
        "usable": {**found.usable._asdict(), "usable": found.usable.usable},
        "near_duplicate_questions": found.near_duplicate_questions,
        "forms": {**found.forms._asdict(), "coverage": found.forms.coverage},
        "levels": {**found.levels._asdict(), "coverage": found.levels.coverage},
        "entities": {
            "counts": found.entities.entities,
            "over": found.entities.over,
            "largest_share": found.entities.largest_share,
        },
        "sources": [asdict(one) for one in found.sources],
        "judged": ratings.judged,
        "mean_rating": str(ratings.overall.value) if ratings.overall else None,
        "knowledge": told_known(found.knowledge),
    }


def _lengths(found: "Lengths") -> str:
    return f"{found.least} to {found.most} words, median {found.median:g}, mean {found.mean:.1f}"


def _mixture(found: "Mixture") -> str:
    counts = ", ".join(f"{name} {count:,}" for name, count in found.counts.items())
    even = "" if found.evenness is None else f"; evenness {found.evenness:.2f}"
    missing = f"; none of {', '.join(found.missing)}" if found.missing else ""
    return f"{counts or 'none'}{even}{missing}"


def _share(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.1%}"
