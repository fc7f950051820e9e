"""The secret behind code names and orders: one for each workspace, in a file of its own."""

import os
import secrets
import stat

from lorewright.errors import Refused, StorageError, Unreadable
from lorewright.evaluate.blinding import SECRET_BYTES
from lorewright.store import Workspace

FILE = "blinding.key"


def blinding_secret(workspace: Workspace) -> bytes:
    """The secret of a workspace, made now if there is none; readable by nobody else.

    Without it no sheet can be read back, and no ranking be revealed.

    Raises:
        Refused: when others may read it.
        Unreadable: when the file holds something else.
        StorageError: when it cannot be written.
    """
    path = workspace.folder / FILE
    try:
        # Whoever comes second finds the file of whoever came first.
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        pass
    except OSError as error:
        doing = "the secret of blind ratings cannot be kept"
        raise StorageError.from_system(error, doing=doing, where=str(path)) from error
    else:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(SECRET_BYTES)}\n")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Refused(
            "others may read the secret of blind ratings, so they could look behind the names",
            where=str(path),
            hint=f"if nobody did: chmod 600 {path}",
        )
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise Unreadable(
            "this is not the secret of blind ratings",
            where=str(path),
            hint="bring back the file from a copy; without it sheets cannot be read",
        )
    return secret
