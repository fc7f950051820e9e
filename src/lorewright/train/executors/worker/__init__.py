"""A worker for a container with a GPU: one training job at a time, over HTTP.

`python -m lorewright.train.executors.worker` serves it; it needs the extras `train` and `web`.
"""

from lorewright.train.executors.worker.desk import Desk, Status
from lorewright.train.executors.worker.reports import Hook

__all__ = ["Desk", "Hook", "Status"]
