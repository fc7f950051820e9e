"""What one evaluation is called: the same answers make the same one."""

import hashlib

from lorewright.flows.answered import Field

CHARACTERS = 16


def session_of(field: Field) -> str:
    """A short name made from the answers of all arms."""
    return hashlib.sha256("\n".join(field.answers).encode()).hexdigest()[:CHARACTERS]
