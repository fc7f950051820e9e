"""Whether a value keeps the bounds that its dimension has."""

from pydantic import ValidationError

from lorewright.records import ChunkFields


def misfit(name: str, value: object) -> str | None:
    """What is wrong with `value` for the dimension `name`; None when nothing is."""
    try:
        ChunkFields.model_validate({**_LEAST, name: value})
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        return said[:1].lower() + said[1:]
    return None


_LEAST = {
    "doc_id": "document",
    "doc_title": "",
    "chunk_id": "chunk",
    "char_start": 0,
    "char_end": 1,
    "token_count": 0,
    "overlap_tokens": 0,
    "chunk_handle": "chunk",
}
"""The least that a record takes, so that its bounds stand in one place only."""
