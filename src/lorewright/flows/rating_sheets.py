"""Rating sheets as files: written for one rater, and read back into ratings."""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from lorewright.errors import NotYet, Refused, StorageError, Unreadable, UsageError
from lorewright.evaluate.blinding import MOST_ARMS, Blind
from lorewright.evaluate.dimensions import PROFILES, profile
from lorewright.evaluate.rating_lines import write_lines
from lorewright.evaluate.sheets import (
    SYNTHETIC,
    Layout,
    Reading,
    columns_of,
    guide_of,
    read_rows,
    rows_of,
)
from lorewright.flows.answered import Field
from lorewright.flows.blinding import blinding_secret
from lorewright.flows.current import step_of
from lorewright.flows.files import read_file
from lorewright.flows.rating_sessions import session_of
from lorewright.flows.sheet_files import guarded, table_rows
from lorewright.records import Person, Ratings, RejectedCount, Source
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, remember_file

NEEDED = ("sheet", "rater", "code", "answer")
STEP = "sheet"
_FORM = re.compile(
    r"(?P<session>[0-9a-f]{16})-(?P<profile>[a-z]+)-(?P<repeats>0(?:\.[0-9]+)?)"
    r"-(?P<attention>[0-9]{1,2})"
)


class SheetForm(NamedTuple):
    """What stands in every row, so that a sheet is read as it was written."""

    session: str
    """The evaluation."""
    profile: str
    repeats: Decimal
    attention: int

    def __str__(self) -> str:
        """In one cell."""
        return f"{self.session}-{self.profile}-{self.repeats:f}-{self.attention}"

    @classmethod
    def of(cls, cell: str) -> "SheetForm | None":
        """Read it again; None when the cell says something else."""
        found = _FORM.fullmatch(cell)
        if found is None or found["profile"] not in PROFILES:
            return None
        return cls(
            found["session"],
            found["profile"],
            Decimal(found["repeats"]),
            int(found["attention"]),
        )


class Written(NamedTuple):
    """A sheet that waits for its rater."""

    path: Path
    guide: Path
    rater: str
    rows: int
    """Answers, with those that are there twice or to see who reads."""
    unanswered: int
    """Answers that did not come, so that they have no row."""


class Imported(NamedTuple):
    """What a sheet said."""

    ratings: Ratings
    reading: Reading
    is_new: bool
    """Whether nothing of it was known before."""


def write_sheet(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    field: Field,
    *,
    rater: str,
    path: Path,
    dimensions: str | None = None,
) -> Written:
    """Write the sheet of one rater, and a page that says how to fill it in.

    Args:
        workspace: whose secret draws the code names.
        store: of that workspace.
        settings: the dimensions, the share of repeats, the attention blocks.
        field: the arms.
        rater: who fills it in; the name stands in every row.
        path: where it is written.
        dimensions: another profile than that of the settings.

    Raises:
        Refused: when there is a file already, which may hold somebody's work.
        UsageError: when there are more arms than letters.
        StorageError: when it cannot be written.
    """
    guide = path.with_suffix(".guide.txt")
    for file in (path, guide):
        if file.exists():
            raise Refused(
                "there is a file already, and it may hold a rater's work",
                where=str(file),
                hint="name another file, or read it with `lorewright ratings import` and move it",
            )
    by = profile(dimensions or settings.evaluation.judges.profile)
    judges = settings.evaluation.judges
    form = SheetForm(session_of(field), by.name, judges.repeats, judges.attention)
    layout = layout_of(workspace, field, form, rater)
    columns = columns_of(by)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remember_file(store, workspace.local_path(path), "sheet", field.asked.ref)
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(columns)
            for cells in rows_of(layout, sheet=str(form), rater=rater):
                writer.writerow([guarded(cells.get(column, "")) for column in columns])
        guide.write_text(guide_of(by, judges.advisor), encoding="utf-8")
    except OSError as error:
        doing = "the sheet cannot be written"
        raise StorageError.from_system(error, doing=doing, where=str(path)) from error
    lost = sum(text is None for answers in field.arms.values() for text in answers.values())
    return Written(path, guide, rater, len(layout.rows), lost)


def read_sheet(
    workspace: Workspace,
    store: Store,
    field: Field,
    path: Path,
    *,
    rater: str | None = None,
) -> Imported:
    """Keep what a sheet says; reading it again finds the same.

    A sheet with a column `synthetic` holds made-up numbers, and its ratings say so for good.

    Args:
        workspace: whose secret drew the code names.
        store: of that workspace.
        field: the arms.
        path: the sheet, as written or as a spreadsheet saved it.
        rater: who filled it in, where the sheet does not say it.

    Raises:
        Unreadable: when the file is no rating sheet.
        UsageError: when it belongs to other answers, or nobody or several people filled it in.
        NotYet: when it is empty.
    """
    rows = list(
        table_rows(
            path,
            NEEDED,
            what="a rating sheet",
            hint="write one with `lorewright ratings export FILE.csv`, and save it as CSV",
        )
    )
    if not rows:
        raise NotYet("this sheet has no rows", where=str(path))
    cells = [one for _, one in rows]
    form = _form_of(field, cells, path)
    who = _rater_of(cells, path, rater)
    if not any(one.get("rater", "").strip() for one in cells):
        rows = [(line, {**one, "rater": who}) for line, one in rows]
    layout = layout_of(workspace, field, form, who)
    reading = read_rows(layout, rows, rater=who)
    raw = read_file(path)
    source = Source(file_name=path.name, media_type="text/csv", content=store.put_blob(raw))
    person = Person(name=who)
    step = step_of(store, STEP, profile=form.profile, session=form.session)
    kept, chosen = store.put_blobs(write_lines(reading.ratings), write_lines(reading.votes))
    ratings = Ratings(
        rater=who,
        by="person",
        origin="synthetic" if SYNTHETIC in cells[0] else "measured",
        requested=reading.requested,
        accepted=reading.accepted,
        failed=tuple(
            RejectedCount(reason=reason, count=count)
            for reason, count in sorted(reading.failed.items())
        ),
        ratings=kept,
        votes=chosen,
        made_from=(*field.answers, person.ref, source.ref, step.recipe),
    )
    is_new = ratings.ref not in store.children([*field.answers], kind=Ratings.kind)
    store.put(source, person, ratings)
    return Imported(ratings, reading, is_new)


def layout_of(workspace: Workspace, field: Field, form: SheetForm, rater: str) -> Layout:
    """The rows of one rater's sheet, drawn from the secret of the workspace.

    Raises:
        UsageError: when there are more arms than letters.
        BadSettings: when there is no such profile.
    """
    if len(field.arms) > MOST_ARMS:
        raise UsageError(
            f"{len(field.arms)} arms have no letters", hint=f"a sheet has at most {MOST_ARMS}"
        )
    return Layout(
        blind=Blind(blinding_secret(workspace), form.session, rater),
        scenarios={one.scenario_id: one for one in field.scenarios},
        arms=field.arms,
        profile=profile(form.profile),
        repeats=form.repeats,
        attention=form.attention,
    )


def _form_of(field: Field, cells: list[Mapping[str, str]], path: Path) -> SheetForm:
    names = Counter(one.get("sheet", "").strip() for one in cells)
    named = names.most_common(1)[0][0]
    form = SheetForm.of(named)
    if form is None or form.session != session_of(field):
        raise UsageError(
            f"this sheet is about {named[:40]!r}, and the answers are {session_of(field)}",
            where=str(path),
            hint="name the set of scenarios that it was written for; answers that were given anew "
            "need a new sheet",
        )
    return form


def _rater_of(cells: list[Mapping[str, str]], path: Path, named: str | None) -> str:
    """Who filled a sheet in: everybody who is named in it has to be one person."""
    said = Counter(words for one in cells if (words := " ".join(one.get("rater", "").split())))
    if named is not None and said and named not in said:
        raise UsageError(
            f"the sheet is that of {said.most_common(1)[0][0]!r}, not of {named!r}", where=str(path)
        )
    if not (said or named):
        raise Unreadable(
            "this sheet does not say who filled it in",
            where=str(path),
            hint="say it with --rater, as it was said when the sheet was written",
        )
    return named or said.most_common(1)[0][0]
