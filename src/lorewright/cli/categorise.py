"""`lorewright categorise`: say where a document belongs."""

from dataclasses import asdict

import click

from lorewright.cli.face import Face, face_command, in_words
from lorewright.errors import UsageError
from lorewright.flows.categories import (
    Category,
    categories_of,
    categorise_document,
    undo_category,
)


@click.command()
@click.argument("name")
@click.option("--belonging", help="How much it is its owner's own knowledge, from 1 to 5.")
@click.option("--category", help="The one category, by its key or its name.")
@click.option(
    "--tag", "tags", multiple=True, metavar="FIELD=VALUE", help="A tag; may be given several times."
)
@click.option("--undo", metavar="FIELD", help="Take the decision about a field back.")
@click.option("--why", callback=in_words, default="-", help="How you know; kept with the decision.")
@face_command
def categorise(
    face: Face,
    name: str,
    *,
    belonging: str | None,
    category: str | None,
    tags: tuple[str, ...],
    undo: str | None,
    why: str,
) -> None:
    """Decide belonging, category and tags of the document NAME; your word wins over rules.

    Each field is a decision of its own. Of a tag that takes several values, those named
    together hold together. Without options the command shows what holds now.

    \b
    Examples:
      lorewright categorise document:3fa9c2
      lorewright categorise document:3fa9c2 --category training_materials --why "it is my course"
      lorewright categorise document:3fa9c2 --belonging 4 --tag authorship=Customer --why "by mail"
      lorewright categorise document:3fa9c2 --undo authorship --why "a colleague wrote half of it"
    """
    choices = _choices(belonging, category, tags)
    if (choices or undo) and why == "-":
        raise UsageError("a decision needs its reason", hint="add --why REASON")
    if choices and undo:
        raise UsageError("deciding and undoing are two commands", hint="run one after the other")
    with face.store() as store:
        ref = store.resolve(name)
        by = face.settings.operator
        decided = []
        if undo:
            decided = [undo_category(store, face.settings, ref, undo, why=why, by=by)]
        elif choices:
            decided = categorise_document(store, face.settings, ref, choices, why=why, by=by)
        fields = categories_of(store, face.settings, ref)
    for line in lines_of(fields):
        face.say(line)
    face.result(
        "categorise",
        document=ref,
        decisions=[decision.ref for decision in decided],
        fields=[asdict(one) for one in fields],
    )


def lines_of(fields: list[Category]) -> list[str]:
    """What holds for each field, and why."""
    return [
        f"{one.field:<16} {', '.join(one.values) or '-'}  ({one.origin or 'open'}: {one.why})"
        for one in fields
    ]


def _choices(
    belonging: str | None, category: str | None, tags: tuple[str, ...]
) -> list[tuple[str, str]]:
    choices = [
        (field, value)
        for field, value in (("belonging", belonging), ("category", category))
        if value is not None
    ]
    for tag in tags:
        field, equals, value = tag.partition("=")
        if not equals:
            raise UsageError(f"{tag!r} is no tag", hint="write FIELD=VALUE")
        choices.append((field.strip(), value.strip()))
    return choices
