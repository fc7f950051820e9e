"""A shape said in words, for endpoints that do not show it to the language model themselves."""

from pydantic_core import to_json

from lorewright.llms.wire import Message, Shape

INTRODUCTION = "The answer is one JSON object and nothing else. It fits this JSON Schema:"


def with_shape_said(messages: tuple[Message, ...], shape: Shape) -> tuple[Message, ...]:
    """`messages` with `shape` at the end of what the system says, where a prefix may be cached."""
    said = f"{INTRODUCTION}\n{to_json(shape.schema).decode()}"
    for at, message in enumerate(messages):
        if message.role == "system":
            longer = Message("system", f"{message.text}\n\n{said}", message.ends_prefix)
            return (*messages[:at], longer, *messages[at + 1 :])
    return (Message("system", said), *messages)
