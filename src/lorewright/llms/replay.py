"""Answers that were recorded: no network, no money, and the same words every time."""

import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lorewright.errors import BadSettings, ModelError
from lorewright.llms.wire import Abilities, ChatModel, Reply, Request, Stop, Usage
from lorewright.records import LanguageModel
from lorewright.settings import TeacherSettings


class Recorded(BaseModel):
    """One line of a file of recorded answers: what was asked, by its hash, and what came back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fingerprint: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """Of the whole request; it finds the answer first."""
    prompt: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    """Of what was said alone, whatever the shape, the limits and the temperature."""
    text: str
    stop: Stop = Stop.END
    usage: Usage = Usage()
    answered_by: str = ""


class Replay:
    """Gives recorded answers; a request that was recorded often gets them one after the other.

    Args:
        lines: the answers, in the order in which they came.
        name: what they are known by.
    """

    can = Abilities(means=("schema",))

    def __init__(self, lines: tuple[Recorded, ...], name: str) -> None:
        self.record = LanguageModel(provider="replay", name=name)
        self._answers: defaultdict[str, list[Recorded]] = defaultdict(list)
        self._given: defaultdict[str, int] = defaultdict(int)
        for line in lines:
            for key in (line.fingerprint, line.prompt):
                if key is not None:
                    self._answers[key].append(line)

    @classmethod
    def from_settings(cls, settings: TeacherSettings, name: str) -> Self:  # noqa: ARG003 - all are opened alike
        """The answers in the file `name`, known by the file's own name and the hash of it.

        Raises:
            BadSettings: when the file cannot be read, or a line of it is no recorded answer.
        """
        path = Path(name)
        try:
            body = path.read_bytes()
        except OSError as error:
            raise BadSettings(
                f"the recorded answers cannot be read: {(error.strerror or 'no reason').lower()}",
                where=name,
                hint="teacher.model names the file after `replay:`",
            ) from error
        digest = hashlib.sha256(body).hexdigest()[:16]
        return cls(_lines(body, name), f"{path.stem}@{digest}")

    async def complete(self, request: Request) -> Reply:
        """The answer that was recorded for `request`; see `ChatModel`."""
        for key in (request.fingerprint.hex(), prompt_digest(request)):
            answers = self._answers.get(key)
            if answers is None:
                continue
            place = min(self._given[key], len(answers) - 1)
            self._given[key] += 1
            found = answers[place]
            raw = json.dumps(found.text, ensure_ascii=False).encode()
            return Reply(found.text, found.stop, found.usage, raw, found.answered_by)
        shape = f" for a {request.shape.name}" if request.shape else ""
        raise ModelError(
            f"no answer was recorded for the request {request.fingerprint.hex()[:16]}{shape}",
            where=self.record.name,
            hint="record it with the language model that the file was made with",
            fault="not_recorded",
        )

    async def close(self) -> None:
        """Nothing is open."""


class Recorder:
    """A chat model whose answers are written down as they come, for `Replay` to give again.

    The file holds hashes of what was asked and the words that came back, and no key.

    Args:
        inner: answers.
        path: a file that grows by one line with each answer.
    """

    def __init__(self, inner: ChatModel, path: Path) -> None:
        self.inner = inner
        self.record = inner.record
        self.can = inner.can
        self._path = path

    async def complete(self, request: Request) -> Reply:
        """Answer as the chat model inside does, and write the answer down."""
        reply = await self.inner.complete(request)
        line = Recorded(
            fingerprint=request.fingerprint.hex(),
            prompt=prompt_digest(request),
            text=reply.text,
            stop=reply.stop,
            usage=reply.usage,
            answered_by=reply.model,
        )
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line.model_dump_json() + "\n")
        return reply

    async def close(self) -> None:
        """Close the chat model inside."""
        await self.inner.close()


def prompt_digest(request: Request) -> str:
    """The SHA-256 of what is said in `request`: 64 hexadecimal digits."""
    said = [[one.role, one.text] for one in request.messages]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _lines(body: bytes, where: str) -> tuple[Recorded, ...]:
    found: list[Recorded] = []
    for number, line in enumerate(body.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(Recorded.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise BadSettings(
                f"line {number} is no recorded answer: {place} {first['msg'].lower()}", where=where
            ) from error
    return tuple(found)
