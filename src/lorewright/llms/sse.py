"""Server-sent events: what a streamed answer is made of."""

from collections.abc import Iterator
from typing import TypeVar

from lorewright.errors import BadReply, ModelError
from lorewright.llms.reading import Heard, heard

H = TypeVar("H", bound=Heard)

END = b"[DONE]"
"""What one of the protocols says after its last event."""


def is_stream(body: bytes) -> bool:
    """Whether `body` is a stream of events rather than one JSON object."""
    return body.lstrip().startswith((b"data:", b"event:", b":"))


def events(body: bytes, shape: type[H]) -> Iterator[H]:
    """The events of `body`, each as a `shape`.

    Raises:
        BadReply: when an event is something else; one that was cut short is passed over, since
            whether a stream has its end is for its protocol to say.
    """
    blocks = body.replace(b"\r\n", b"\n").split(b"\n\n")
    for number, block in enumerate(blocks, 1):
        lines = [line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:")]
        said = b"\n".join(lines)
        if not said or said == END:
            continue
        try:
            event = heard(said, shape, whole=body)
        except BadReply:
            if number == len(blocks):
                return
            raise
        yield event


def cut_off() -> ModelError:
    """A stream without its end: what came of it is no answer."""
    return ModelError("the stream stopped before its end", fault="cut_off", again=True)
