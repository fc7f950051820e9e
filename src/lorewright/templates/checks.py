"""Checks of tokens against the rendering they come from."""

import unicodedata
from collections.abc import Sequence

from lorewright.errors import BadMask
from lorewright.templates.rendering import Rendered


def check_begin_token(ids: Sequence[int], begin_id: int | None) -> None:
    """Check that a sequence does not begin with two begin tokens.

    One is written by the template where the base model wants one, and none is added to it.
    Further on the same token may mean something else (some tokenizers open every turn with
    it), so only the beginning is checked.

    Raises:
        BadMask: when the first two tokens are both the begin token.
    """
    if begin_id is not None and list(ids[:2]) == [begin_id, begin_id]:
        raise BadMask(
            "the sequence begins with two begin tokens",
            hint="the chat template writes the begin token twice; remove one",
        )


def check_trained_text(
    rendered: Rendered, decoded: Sequence[str], *, swallowed: Sequence[tuple[int, int]] = ()
) -> None:
    """Check that the tokens that carry loss read back as exactly what was to be trained.

    Tokenizers may drop the space before the first word and may normalise characters to
    Unicode's compatibility form; both are accepted, anything else is not.

    Args:
        rendered: the conversation.
        decoded: the text of each unbroken run of tokens that carry loss, in order.
        swallowed: white space beside control tokens that the tokenizer leaves out, in order.

    Raises:
        BadMask: when a run reads otherwise than its span.
    """
    wanted = [_without(rendered.text, span, swallowed) for span in rendered.trained]
    if len(wanted) != len(decoded):
        raise BadMask(
            f"{len(wanted)} turns are to carry loss, but the tokens form {len(decoded)} runs"
        )
    for asked, got in zip(wanted, decoded, strict=True):
        if got != asked and _normal(got) != _normal(asked):
            raise BadMask(
                f"the tokens that carry loss read {got[:120]!r}, but the answer is {asked[:120]!r}",
                hint="this tokenizer cannot write the answer without changing it",
            )


def _without(text: str, span: tuple[int, int], swallowed: Sequence[tuple[int, int]]) -> str:
    """The characters of `span` that are not swallowed."""
    at, end = span
    kept: list[str] = []
    for left, right in swallowed:
        if at <= left and right <= end:
            kept.append(text[at:left])
            at = right
    return "".join([*kept, text[at:end]])


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lstrip(" ")
