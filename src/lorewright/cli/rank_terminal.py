"""Ranking at a terminal: one client after the other, a few letters for each question."""

import time

import click
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from lorewright.cli.review_terminal import printable
from lorewright.errors import UsageError
from lorewright.evaluate.ranking import Shown, choice_of
from lorewright.flows.blind_ranking import BlindRanking

HELP = "letters, the best first, as in b or b>a=c; tie; bad; Enter alone leaves"


class RankingSession:
    """A rater at a terminal, and the items still to rank."""

    def __init__(self, board: BlindRanking, rater: str) -> None:
        self.ranked = 0
        """In this session."""
        self._board = board
        self._rater = rater
        self._screen = Console(stderr=True, highlight=False)

    @property
    def left(self) -> int:
        """Items that the rater has not ranked."""
        return len(self._board.items(self._rater)) - len(self._board.said_by(self._rater))

    @property
    def summary(self) -> str:
        """How far the rater is."""
        return f"{self.ranked:,} ranked now; {self.left:,} left"

    def run(self) -> None:
        """Show one item after the other until there is none, or somebody leaves.

        Raises:
            KeyboardInterrupt: when somebody presses Ctrl-C; what was said about whole items is
                kept.
        """
        while (shown := self._board.next_item(self._rater)) is not None:
            self._show(shown)
            began = time.monotonic()
            said = self._ask(shown)
            if said is None:
                return
            took = time.monotonic() - began
            self._board.submit(self._rater, shown.code, said, seconds=took)
            self.ranked += 1
        self._screen.print(Text("that was the last one"))

    def _ask(self, shown: Shown) -> dict[str, str] | None:
        """An order for every question; None to leave."""
        said: dict[str, str] = {}
        self._screen.print(Text(HELP, style="dim"))
        for question in shown.questions:
            words = self._order(question.text, shown)
            if words is None:
                return None
            said[question.key] = words
        return said

    def _order(self, question: str, shown: Shown) -> str | None:
        while True:
            try:
                words = str(click.prompt(question, default="", show_default=False, err=True))
            except click.Abort as error:
                raise KeyboardInterrupt from error
            if not words.strip():
                return None
            try:
                return str(choice_of(words, shown.letters))
            except UsageError as error:
                self._screen.print(Text(f"{error.sentence}; {error.hint}"))

    def _show(self, shown: Shown) -> None:
        self._screen.print(Rule(Text(f"{shown.number:,} of {shown.of:,}"), align="left"))
        for label, words in (
            ("advisor", shown.advisor),
            ("situation", shown.situation),
            ("client", "; ".join(filter(None, (shown.persona, shown.topic, shown.feeling)))),
        ):
            if words:
                self._screen.print(Text(f"{label}: {printable(words)}", style="italic"))
        for turn in shown.turns:
            self._screen.print(Padding(Text(printable(turn.message), style="bold"), (1, 0, 0, 0)))
            for reply in turn.replies:
                self._screen.print(Padding(Text(reply.letter, style="bold"), (1, 0, 0, 2)))
                self._screen.print(Padding(Text(printable(reply.text)), (0, 0, 0, 4)))
