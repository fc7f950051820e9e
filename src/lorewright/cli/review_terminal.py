"""Reviewing at a terminal: one example after the other, one key for each decision."""

import os
import re
from collections import Counter

import click
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from lorewright.cli.keys import Keys
from lorewright.errors import LorewrightError
from lorewright.flows.review_queue import Passage, Shown, show
from lorewright.flows.review_sheets import place_of
from lorewright.flows.reviewing import READ, Judged, Judgement, judge
from lorewright.lineage import Ref
from lorewright.records import Standing, Verb
from lorewright.store import Store

REASONS = (
    "the passage does not say so",
    "a part that matters is missing",
    "the question is unclear",
    "the answer does not fit the question",
    "nobody needs to know this",
)
"""What is wrong most often; anything else is said in words."""

KEYS = "[a]ccept  [r]eject  [e]dit  [u]ndo  [s]kip  [q]uit  [?] help"

HELP = """\
a  accept: the example is good as it is
r  reject: it is not learnt from; you are asked why
e  edit: it is good in other words; opens $EDITOR, or asks here when there is none
u  undo: take back the last decision of this session
s  skip: decide nothing, go on
q  quit; everything decided is kept, at any moment
?  this help"""

SHOWN_PASSAGES = 3
"""Of an answer that rests on more, the first ones are shown."""

EDIT_HELP = "Change the words below the two marks, and leave the marks."
QUESTION_MARK, ANSWER_MARK = "--- question ---", "--- answer ---"

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What moves the cursor, rings, or turns the writing round."""


class Session:
    """A reviewer at a terminal, and the examples still to read."""

    def __init__(self, store: Store, names: list[Ref], *, by: str) -> None:
        self.judged: list[Judged] = []
        self._store = store
        self._names = names
        self._by = by
        self._at = 0
        self._decided: list[int] = []
        """Where in the queue each decision of this session was made."""
        self._keys = Keys()
        self._screen = Console(stderr=True, highlight=False)

    @property
    def left(self) -> int:
        """How many examples of the queue have not come up."""
        return len(self._names) - self._at

    @property
    def summary(self) -> str:
        """What was decided, by what it came to."""
        last = {one.about: one.review.standing for one in self.judged}
        counts = Counter(last.values())
        decided = [f"{counts[one]:,} {one}" for one in Standing if one is not Standing.UNREVIEWED]
        return f"{', '.join(decided)}; {self.left:,} left"

    def run(self) -> None:
        """Show one example after the other until there is none, or somebody leaves.

        Raises:
            KeyboardInterrupt: when somebody presses Ctrl-C; what was decided is kept.
        """
        with self._keys.listening():
            while self._at < len(self._names) or self._stays_at_the_end():
                self._show(show(self._store, self._names[self._at]))
                if not self._decide():
                    return

    def _stays_at_the_end(self) -> bool:
        """Offer to take the last decision back; whether that is wanted."""
        if not self._decided:
            return False
        self._screen.print(Text("that was the last one: [u]ndo, or any other key to end"))
        return self._keys.next().lower() == "u" and self._undo()

    def _decide(self) -> bool:
        """Follow keys until the example is dealt with; False to leave."""
        deals = {
            "a": self._accept,
            "r": self._reject,
            "e": self._edit,
            "u": self._undo,
            "s": self._skip,
            "?": self._help,
        }
        while (key := self._keys.next().lower()) not in {"q", ""}:
            if deals.get(key, self._remind)():
                return True
        return False

    def _accept(self) -> bool:
        self._judge(Verb.ACCEPT, READ)
        return True

    def _reject(self) -> bool:
        why = self._ask_reason()
        if why is None:
            self._back()
            return False
        self._judge(Verb.REJECT, why)
        return True

    def _skip(self) -> bool:
        self._at += 1
        return True

    def _help(self) -> bool:
        self._screen.print(Text(HELP))
        return False

    def _remind(self) -> bool:
        self._screen.print(Text(KEYS, style="dim"))
        return False

    def _judge(
        self, verb: Verb, why: str, *, question: str | None = None, answer: str | None = None
    ) -> None:
        judgement = Judgement(verb, self._by, why, question, answer)
        one = judge(self._store, self._names[self._at], judgement)
        self.judged.append(one)
        if one.decision is not None:
            self._decided.append(self._at)
        self._screen.print(Text(f"{one.review.standing}", style="bold"))
        self._at += 1

    def _undo(self) -> bool:
        if not self._decided:
            self._screen.print("nothing was decided in this session yet")
            return False
        self._at = self._decided.pop()
        judgement = Judgement(Verb.UNDO, self._by, "taken back at once")
        self.judged.append(judge(self._store, self._names[self._at], judgement))
        self._screen.print(Text("taken back", style="bold"))
        return True

    def _ask_reason(self) -> str | None:
        for number, reason in enumerate(REASONS, start=1):
            self._screen.print(Text(f"  {number}  {reason}"))
        self._screen.print(Text("  o  something else, in words; any other key goes back"))
        key = self._keys.next()
        if key in {str(number) for number in range(1, len(REASONS) + 1)}:
            return REASONS[int(key) - 1]
        return (self._keys.line("why") or None) if key.lower() == "o" else None

    def _back(self) -> None:
        self._screen.print("nothing decided")

    def _edit(self) -> bool:
        shown = show(self._store, self._names[self._at])
        has_editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        words = self._in_editor(shown) if has_editor else self._in_lines()
        question, answer = (
            new if new and new != old else None
            for new, old in zip(words, (shown.question, shown.answer), strict=True)
        )
        if question is None and answer is None:
            self._back()
            return False
        try:
            self._judge(
                Verb.EDIT,
                self._keys.line("why (Enter for: better words)") or "better words",
                question=question,
                answer=answer,
            )
        except LorewrightError as error:
            self._screen.print(Text(f"not edited: {error.sentence}"))
            return False
        return True

    def _in_editor(self, shown: Shown) -> tuple[str, str]:
        marked = [QUESTION_MARK, shown.question, ANSWER_MARK, shown.answer]
        try:
            with self._keys.resting():
                said = click.edit("\n".join([EDIT_HELP, *marked, ""]), extension=".txt")
        except click.ClickException as error:
            self._screen.print(Text(error.format_message()))
            return "", ""
        _, found, rest = (said or "").partition(f"{QUESTION_MARK}\n")
        question, split, answer = rest.partition(f"{ANSWER_MARK}\n")
        if said is not None and not (found and split):
            self._screen.print("the two marks are gone, so it is not clear what is what")
            return "", ""
        return question.strip(), answer.strip()

    def _in_lines(self) -> tuple[str, str]:
        return (
            self._keys.line("new question (Enter keeps it)"),
            self._keys.line("new answer (Enter keeps it)"),
        )

    def _show(self, shown: Shown) -> None:
        place = f"{self._at + 1:,} of {len(self._names):,}"
        title = Text(f"{place} · {printable(shown.form)} · {shown.name.short}")
        self._screen.print(Rule(title, align="left"))
        if shown.review.decision:
            said = f"{shown.review.standing} by {shown.reviewer}: {shown.review.decision.why}"
            self._screen.print(Text(printable(said), style="italic"))
        pair = Table.grid(padding=(0, 2))
        pair.add_row(Text("Q", style="bold"), Text(printable(shown.question)))
        pair.add_row(Text("A", style="bold"), Text(printable(shown.answer)))
        self._screen.print(pair)
        for passage in shown.passages[:SHOWN_PASSAGES]:
            self._show_passage(passage)
        if len(shown.passages) > SHOWN_PASSAGES:
            more = len(shown.passages) - SHOWN_PASSAGES
            self._screen.print(Text(f"and {more:,} more passages", style="dim"))
        if shown.ungrounded:
            self._screen.print(Text(f"no evidence: {printable(shown.ungrounded)}"))
        self._screen.print(Text(KEYS, style="dim"))

    def _show_passage(self, passage: Passage) -> None:
        place = place_of(passage)
        page = f", {'page ' if passage.pages else ''}{place}" if place else ""
        where = f"{passage.section}, {passage.file}{page}"
        self._screen.print(Padding(Text(printable(where), style="dim"), (1, 0, 0, 3)))
        plain = self._screen.color_system is None or self._screen.no_color
        text = Text(printable(passage.before.lstrip()))
        text.append(
            f"[[{printable(passage.quote)}]]" if plain else printable(passage.quote),
            style="bold black on yellow",
        )
        text.append(printable(passage.after.rstrip()))
        self._screen.print(Padding(text, (0, 0, 1, 3)))


def printable(text: str) -> str:
    """`text` from outside, without what a terminal would obey."""
    return _UNPRINTABLE.sub(lambda found: f"<{ord(found[0]):02x}>", text)
