"""One process per job folder: the one that holds the lock.

The system frees the lock of a process that dies in whatever way, so no stale claim can be
left behind and no process number can be mistaken for another's.
"""

import fcntl
import os
import time
from pathlib import Path

LOCK_FILE = "lock"


def claim(jobdir: Path, *, patience_s: float = 2.0) -> int | None:
    """Claim `jobdir` for this process until it ends.

    Args:
        jobdir: an existing folder.
        patience_s: how long to try, since asking for the holder takes the lock for a moment.

    Returns:
        The open lock file, to be kept; None when another process holds it.
    """
    file = os.open(jobdir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    give_up = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                os.close(file)
                return None
            time.sleep(0.02)
        else:
            os.ftruncate(file, 0)
            os.pwrite(file, b"%d\n" % os.getpid(), 0)
            return file


def holder(jobdir: Path, *, patience_s: float = 2.0) -> int | None:
    """The number of the process that works on `jobdir`, or None when there is none."""
    give_up = time.monotonic() + patience_s
    try:
        file = os.open(jobdir / LOCK_FILE, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        while time.monotonic() < give_up:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                written = os.pread(file, 32, 0)
                if written.endswith(b"\n"):
                    return int(written)
                time.sleep(0.02)  # claimed this moment and not signed yet
            else:
                return None
        return None
    finally:
        os.close(file)
