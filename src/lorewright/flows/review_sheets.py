"""A review sheet: the queue as a table for somebody without an account, and its way back."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lorewright.errors import BadRecord, Refused, UsageError
from lorewright.flows.naming import parents
from lorewright.flows.review_queue import Passage, Shown, show
from lorewright.flows.reviewing import READ, Check, Judged, Judgement, judge, proposed
from lorewright.flows.sheet_files import guarded, table_rows
from lorewright.lineage import Ref
from lorewright.records import Collection, Decision, Document, Example, Verb
from lorewright.store import Store, Workspace, decisions_about, remember_file

COLUMNS = (
    "name",
    "question",
    "answer",
    "evidence",
    "section",
    "file",
    "page",
    "verdict",
    "reason",
    "new_question",
    "new_answer",
    "reviewer",
    "as_of",
)
"""`as_of` names the last decision about the example when the sheet was written."""

NEEDED = ("name", "verdict")

VERDICTS = {
    "accept": Verb.ACCEPT,
    "accepted": Verb.ACCEPT,
    "reject": Verb.REJECT,
    "rejected": Verb.REJECT,
    "edit": Verb.EDIT,
    "edited": Verb.EDIT,
}


class Trouble(NamedTuple):
    """A row that was not applied."""

    line: int
    name: str
    reason: str
    """A short key, the same for all alike."""
    sentence: str


@dataclass
class SheetReport:
    """What became of the rows with a verdict: requested = accepted + rejected + failed."""

    applied: list[Judged] = field(default_factory=list[Judged])
    """Decided now, or found decided so before."""
    rejected: list[Trouble] = field(default_factory=list[Trouble])
    """Rows that contradict themselves, another row, or what was decided meanwhile."""
    failed: list[Trouble] = field(default_factory=list[Trouble])
    """Rows about something that cannot be reviewed."""
    open: int = 0
    """Rows without a verdict, about which nothing was asked."""

    @property
    def again(self) -> int:
        """Rows whose verdict had been decided before."""
        return sum(judged.decision is None for judged in self.applied)

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many rows were rejected for each reason."""
        return dict(sorted(Counter(one.reason for one in self.rejected).items()))


def write_sheet(workspace: Workspace, store: Store, names: Iterable[Ref], path: Path) -> int:
    """Write the examples `names` to `path` for somebody to fill in; how many there are.

    Raises:
        Refused: when there is a file already, which may hold somebody's work.
    """
    if path.exists():
        raise Refused(
            "there is a file already, and it may hold a reviewer's work",
            where=str(path),
            hint="name another file, or read it with `lorewright review --read-sheet` and move it",
        )
    shown = [(one, _as_of(store, one.name)) for one in (show(store, name) for name in names)]
    path.parent.mkdir(parents=True, exist_ok=True)
    _remember(workspace, store, path, [one.name for one, _ in shown])
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        writer.writerows(_row(one, as_of) for one, as_of in shown)
    return len(shown)


def read_sheet(workspace: Workspace, store: Store, path: Path, *, by: str) -> SheetReport:
    """Decide what a sheet says, row by row; reading it again decides nothing twice.

    Args:
        workspace: whose examples they are.
        store: of that workspace.
        path: the sheet, as written or as a spreadsheet saved it.
        by: who reviewed where the sheet does not say it.

    Raises:
        Unreadable: when the file is no table with the columns that are needed; nothing was
            decided then.
    """
    report = SheetReport()
    rows = [row for row in _rows(path) if row.name or row.verdict]
    answers = _Answers(store, rows, report)
    _remember(workspace, store, path, answers.names)
    for row in rows:
        if not row.verdict:
            report.open += 1
        elif (judgement := answers.judgement(row, by=by)) is not None:
            _apply(store, row, answers.about[row.line], judgement, report)
    return report


@dataclass(frozen=True, slots=True)
class _Row:
    """One row as somebody filled it in."""

    line: int
    cells: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.cells.get("name", "").strip()

    @property
    def verdict(self) -> str:
        return self.cells.get("verdict", "").strip().casefold().rstrip(".!")

    def said(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    @property
    def answer(self) -> tuple[str, ...]:
        """Everything that a reviewer fills in, to compare two rows about one example."""
        filled = ("reason", "new_question", "new_answer", "reviewer")
        return (VERDICTS.get(self.verdict, self.verdict), *map(self.said, filled))


class _Answers:
    """The rows of a sheet against what is stored: which examples they mean, and what they ask."""

    def __init__(self, store: Store, rows: list[_Row], report: SheetReport) -> None:
        self._report = report
        self.about: dict[int, Ref] = {}
        said: dict[Ref, set[tuple[str, ...]]] = {}
        for row in rows:
            try:
                about = proposed(store, store.resolve(row.name))
            except (UsageError, BadRecord) as error:
                if row.verdict:
                    report.failed.append(
                        Trouble(row.line, row.name, type(error).__name__, error.sentence)
                    )
                continue
            self.about[row.line] = about
            if row.verdict:
                said.setdefault(about, set()).add(row.answer)
        self._torn = {about for about, answers in said.items() if len(answers) > 1}

    @property
    def names(self) -> list[Ref]:
        """The examples that the sheet is about."""
        return sorted(set(self.about.values()))

    def judgement(self, row: _Row, *, by: str) -> Judgement | None:
        """What a row asks for; None when it is turned down, which is reported."""
        if row.line not in self.about:
            return None
        verb = VERDICTS.get(row.verdict)
        question, answer = row.said("new_question") or None, row.said("new_answer") or None
        fault = self._fault(row, verb, has_words=bool(question or answer))
        if fault is not None or verb is None:
            self._report.rejected.append(Trouble(row.line, row.name, *(fault or ("", ""))))
            return None
        reviewer, why = row.said("reviewer") or by, row.said("reason")
        if verb is Verb.EDIT:
            return Judgement(verb, reviewer, why or "better words", question, answer)
        return Judgement(verb, reviewer, why or READ)

    def _fault(self, row: _Row, verb: Verb | None, *, has_words: bool) -> tuple[str, str] | None:
        if self.about[row.line] in self._torn:
            return "conflicting", "another row says something else about the same example"
        if verb is None:
            return "unknown_verdict", f"{row.verdict[:40]!r} is none of accept, reject and edit"
        if verb is Verb.EDIT and not has_words:
            return "no_new_words", "an edit needs a new question or a new answer"
        if verb is not Verb.EDIT and has_words:
            return "new_words_unasked", f"there are new words, and the verdict is {row.verdict}"
        if verb is Verb.REJECT and not row.said("reason"):
            return "no_reason", "a rejection needs a reason"
        return None


def _apply(store: Store, row: _Row, about: Ref, judgement: Judgement, report: SheetReport) -> None:
    try:
        report.applied.append(
            judge(store, about, judgement, check=_as_the_sheet_knows(row.cells.get("as_of")))
        )
    except _Stale as error:
        report.rejected.append(Trouble(row.line, row.name, "decided_meanwhile", error.sentence))
    except UsageError as error:
        report.rejected.append(Trouble(row.line, row.name, "nothing_to_decide", error.sentence))
    except (Refused, BadRecord) as error:
        report.failed.append(Trouble(row.line, row.name, type(error).__name__, error.sentence))


class _Stale(Exception):
    """Caught in this file, and never seen outside."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _as_the_sheet_knows(as_of: str | None) -> Check:
    """Refuse when somebody decided after the sheet was written; a lost column is as if empty."""

    def check(chain: list[Decision]) -> None:
        last = chain[-1] if chain else None
        if (last.ref if last else "") != (as_of or "").strip() and last is not None:
            raise _Stale(
                f"it was decided about on {last.at[:10]} ({last.verb}), and the sheet does not "
                "know of it"
            )

    return check


def _as_of(store: Store, name: Ref) -> str:
    chain = decisions_about(store, name)
    return chain[-1].ref if chain else ""


def _remember(workspace: Workspace, store: Store, path: Path, names: list[Ref]) -> None:
    """Write down what a sheet repeats, so that erasing finds it."""
    documents = sorted(
        {
            evidence.document
            for example in store.get_many(names, Example)
            for evidence in example.evidence
        }
    )
    if not documents:
        return
    together = Collection(
        member_kind=Document.kind, count=len(documents), made_from=parents(store, documents)
    )
    store.put(together)
    remember_file(store, workspace.local_path(path), "sheet", together.ref)


def _row(shown: Shown, as_of: str) -> list[str]:
    places = [place_of(passage) for passage in shown.passages]
    cells = {
        "name": shown.name,
        "question": shown.question,
        "answer": shown.answer,
        "evidence": " … ".join(passage.quote for passage in shown.passages),
        "section": "; ".join(dict.fromkeys(passage.section for passage in shown.passages)),
        "file": "; ".join(dict.fromkeys(passage.file for passage in shown.passages)),
        "page": "; ".join(dict.fromkeys(place for place in places if place)),
        "as_of": as_of,
    }
    return [guarded(cells.get(column, "")) for column in COLUMNS]


def place_of(passage: Passage) -> str:
    """The page or the minute at which a passage stands; empty when the file has neither."""
    if passage.pages:
        first, last = passage.pages
        return f"{first}" if first == last else f"{first}-{last}"
    if passage.moments:
        moment = passage.moments[0]
        minutes, ms = divmod(moment.from_ms, 60_000)
        speaker = f"{moment.speaker}, " if moment.speaker else ""
        return f"{speaker}{minutes // 60}:{minutes % 60:02d}:{ms // 1000:02d}"
    return ""


def _rows(path: Path) -> Iterator[_Row]:
    found = table_rows(
        path,
        NEEDED,
        what="a review sheet",
        hint="write one with `lorewright review --write-sheet FILE.csv`, and save it as CSV",
    )
    return (_Row(line, cells) for line, cells in found)
