"""`python -m lorewright.train.executors.worker`: serve the worker.

The token comes from LOREWRIGHT_WORKER_TOKEN, the folder from LOREWRIGHT_WORKER_FOLDER. It
listens on this machine alone unless `--host` says otherwise; before the internet belongs a
proxy with TLS.
"""

import argparse
import os
import sys
from pathlib import Path

from lorewright.train.executors.worker.desk import Desk

SHORTEST_TOKEN = 16
MISSING = """\
error: the worker needs FastAPI and uvicorn
hint: pip install "lorewright[train,web]"
"""


def main(argv: list[str] | None = None) -> int:
    """Serve until told to end, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m lorewright.train.executors.worker", description=__doc__
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on")
    parser.add_argument(
        "--ends-machine",
        action="store_true",
        help="the machine ends with the worker: stop a job in work with a checkpoint",
    )
    asked = parser.parse_args(argv)
    token = os.environ.get("LOREWRIGHT_WORKER_TOKEN", "")
    if len(token) < SHORTEST_TOKEN:
        sys.stderr.write(
            f"error: LOREWRIGHT_WORKER_TOKEN needs at least {SHORTEST_TOKEN} signs\n"
            "hint: make one with `openssl rand -hex 32`, and give it to whoever sends jobs\n"
        )
        return 2
    try:
        import uvicorn

        from lorewright.train.executors.worker.app import create_app
    except ImportError:
        sys.stderr.write(MISSING)
        return 4
    folder = Path(os.environ.get("LOREWRIGHT_WORKER_FOLDER", "worker"))
    app = create_app(Desk(folder.resolve(), ends_machine=asked.ends_machine), token=token)
    uvicorn.run(app, host=asked.host, port=asked.port, log_level="info", access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
