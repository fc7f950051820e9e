"""Executors: where a training job runs, on this machine or elsewhere.

Whatever the place, the job is a folder here, and its result comes back into that folder.
"""

from lorewright.errors import Unreachable
from lorewright.train.executors.connection import Machine
from lorewright.train.executors.executor import Executor, Fetched, Look, Place, Remote
from lorewright.train.executors.local import Local
from lorewright.train.executors.ssh import Ssh

__all__ = [
    "Executor",
    "Fetched",
    "Local",
    "Look",
    "Machine",
    "Place",
    "Remote",
    "Ssh",
    "Unreachable",
]
