"""`lorewright measure`: how varied, how balanced and how well rated examples are."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, face_command
from lorewright.cli.known import told_known

if TYPE_CHECKING:
    from lorewright.flows.measuring import Measured
    from lorewright.measures import Lengths, Mixture

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
    from lorewright.flows.judgements import to_judge
    from lorewright.flows.measuring import measure as measured
    from lorewright.flows.naming import find
    from lorewright.records import Dataset

    with face.store() as store:
        members = find(store, dataset, Dataset) if dataset else None
        names = to_judge(store, face.settings, members)
        found = measured(store, names, threshold=face.settings.curation.near_duplicate_jaccard)
    _show(face, found)
    face.result("measure", **_told(found))


def _show(face: Face, found: "Measured") -> None:
    from lorewright.flows.knowledge import known_in_words
    from lorewright.flows.ratings import in_words

    face.say(f"{found.examples:,} examples")
    face.say(f"  questions       {_lengths(found.questions)}")
    face.say(f"  answers         {_lengths(found.answers)}")
    face.say(
        f"  distinct words  {_share(found.distinct_1)}; pairs of words {_share(found.distinct_2)}"
    )
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
