"""Answers of an arm that is not through yet: in a file beside the store, line by line.

Whoever is cut off goes on after the last scenario that is whole. The file rests on the adapter
for whoever erases a source, and is gone as soon as the answers are a record.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from lorewright.errors import BadRecord, StorageError
from lorewright.evaluate.answers import AnswerLine, line_of, read_answers
from lorewright.lineage import Ref
from lorewright.records import Scenario
from lorewright.store import Store, Workspace, forget_file, remember_file


class UnfinishedAnswers:
    """The file of one arm.

    Args:
        workspace: in which it lies.
        store: remembers it for as long as it is there.
        name: of the piece of work: other settings have another file.
        rests_on: what the answers are made from, a record that rests on the sources.
    """

    def __init__(self, workspace: Workspace, store: Store, name: str, *, rests_on: Ref) -> None:
        self._path = workspace.evaluations / f"{name}.answers.jsonl"
        self._store = store
        self._local = workspace.local_path(self._path)
        self._rests_on = rests_on

    def read(self, scenarios: Iterable[Scenario], generations: int) -> dict[str, list[AnswerLine]]:
        """Answers by scenario, of those that are whole; what was torn is asked again."""
        wanted = {one.scenario_id: len(one.messages) * generations for one in scenarios}
        found: dict[str, dict[tuple[int, int], AnswerLine]] = {}
        for line in self._lines():
            found.setdefault(line.scenario, {})[line.turn, line.generation] = line
        return {
            name: [*lines.values()]
            for name, lines in found.items()
            if len(lines) == wanted.get(name, 0)
        }

    def add(self, lines: Sequence[AnswerLine]) -> None:
        """Write down the answers of a batch.

        Raises:
            StorageError: when the disk refuses.
        """
        try:
            if not self._path.exists():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                remember_file(self._store, self._local, "job", self._rests_on)
            with self._path.open("a", encoding="utf-8") as file:
                # What was cut off may have left half a line behind.
                file.write("\n" + "".join(f"{line_of(line)}\n" for line in lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StorageError.from_system(
                error, doing="answers cannot be kept", where=str(self._path)
            ) from error

    def forget(self) -> None:
        """Remove the file: the answers are a record now."""
        self._path.unlink(missing_ok=True)
        forget_file(self._store, self._local)

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._path

    def _lines(self) -> Iterable[AnswerLine]:
        if not self._path.exists():
            return
        for raw in self._path.read_bytes().split(b"\n"):
            with suppress(BadRecord):  # torn by whatever cut it off: it is asked again
                yield from read_answers(raw)
