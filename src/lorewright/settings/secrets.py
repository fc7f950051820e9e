"""Keys never stand in the settings: how one is known, and refused without repeating it."""

import re
from collections.abc import Mapping
from pathlib import Path

from lorewright.errors import BadSettings

LOOKS_LIKE_A_KEY = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"(?:sk|pk|rk|csk|xai|pplx|nvapi)-[A-Za-z0-9_-]{16,}"  # most providers of language models
    r"|(?:sk|hf|gsk|r8|fw|tgp|esecret|gh[a-z]|github_pat)_[A-Za-z0-9_-]{16,}"
    r"|AIza[A-Za-z0-9_-]{30,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"  # a signed token
    r"|Bearer +[A-Za-z0-9._~+/=-]{16,}"
    r")"
)
CALLED_LIKE_A_KEY = re.compile(
    r"(?:^|_)(?:api_?)?(?:key|token|secret|password|credential|bearer|authorization)s?$",
    re.IGNORECASE,
)
HINT = (
    "take it out, put it into an environment variable and name that one in teacher.key_variable; "
    "a key that others may have read should be replaced at the provider"
)


def refuse_keys(file: Path | None, variables: Mapping[str, str]) -> None:
    """Stop when something that looks like a key stands in the settings, in comments too.

    Args:
        file: the settings file; there may be none.
        variables: the variables of the environment that are settings.

    Raises:
        BadSettings: naming the line or the variable, and not the key.
    """
    for name, value in variables.items():
        if LOOKS_LIKE_A_KEY.search(value):
            raise key_refused(f"the environment variable {name}")
    if file is None or not file.is_file():
        return
    text = file.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if LOOKS_LIKE_A_KEY.search(line):
            raise key_refused(f"{file}:{number}")


def key_refused(where: str) -> BadSettings:
    """The error that says where a key stands, and where it belongs."""
    return BadSettings("a key stands in the settings", where=where, hint=HINT)
