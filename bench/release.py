"""Release an adapter of 10,000 pairs and verify its folder: seconds, and bytes hashed."""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from lorewright.flows.inspecting import inspect
from lorewright.flows.releasing import Wish, release_adapter
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    BaseLanguageModel,
    Dataset,
    HashedFile,
    StoredFile,
)
from lorewright.release import SigningKey
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from measuring import Spread, run, spread
from million import filled, frozen
from page import Section

PAIRS = 10_000
ADAPTER_BYTES = 42_000_000
"""About a LoRA adapter of rank 16 for seven billion parameters, in half precision."""
RUNS = 5
PROGRAM = Path(sys.executable).with_name("lorewright")


def measure() -> Section:
    """Release with and without the examples, then verify, in this process and as a command."""
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        workspace = Workspace(Path(folder) / "workspace")
        workspace.make()
        with workspace.open(Settings()) as store:
            document, recipe, _ = filled(store, PAIRS)
            data = frozen(store, (document.ref, recipe.ref), without=PAIRS)
            adapter = _adapter(store, data)
            rows = [
                _row(workspace, store, adapter, with_data=with_data) for with_data in (False, True)
            ]
    return Section(
        title="Release and verify",
        about=f"An adapter of {ADAPTER_BYTES / 1e6:.0f} MB of random bytes, trained, so the "
        f"records say, on {PAIRS:,} made-up pairs. `release` writes the folder with its cards, "
        "lineage and signature and keeps the record; `verify` hashes every file and recomputes "
        "the root of the dataset from the names. CPU seconds, which a busy machine does "
        f"not stretch: in this process, and of the whole command with its start. {RUNS} runs.",
        columns=[
            "folder",
            "size",
            "release",
            "verify",
            "`lorewright verify FOLDER`",
            "peak memory",
        ],
        rows=rows,
    )


def _row(workspace: Workspace, store: Store, adapter: Ref, *, with_data: bool) -> list[str]:
    version = "2" if with_data else "1"
    wish = Wish(
        adapter=adapter, version=version, with_data=with_data, allow_unknown_licence=with_data
    )
    key = SigningKey.new()
    released = release_adapter(workspace, store, wish, signer=lambda: key)
    releasing = _cpu(lambda: release_adapter(workspace, store, wish, signer=lambda: key))

    def check() -> None:
        found = inspect(released.folder)
        if not found.is_intact or found.examples != PAIRS:
            raise RuntimeError(f"{found.faults}")

    checking = _cpu(check)
    command = [str(PROGRAM), "verify", str(released.folder), "--quiet"]
    runs = [run(command) for _ in range(RUNS)]
    size = sum(file.size for file in released.files)
    return [
        "with the examples" if with_data else "without the examples",
        f"{size / 1e6:.1f} MB",
        releasing.shown("s", digits=2),
        checking.shown("s", digits=2),
        spread([one.cpu_seconds for one in runs]).shown("s", digits=2),
        f"{max(one.peak_mib for one in runs):.0f} MiB",
    ]


def _cpu(work: Callable[[], object]) -> Spread:
    taken: list[float] = []
    for _ in range(RUNS):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return spread(taken)


def _adapter(store: Store, data: Dataset) -> Ref:
    base = BaseLanguageModel(
        name="made-up",
        origin="outside",
        architecture="llama",
        parameters=7_000_000_000,
        outside=(HashedFile(path="model.safetensors", sha256="0" * 64, size=14_000_000_000),),
    )
    weights = random.Random(7).randbytes(ADAPTER_BYTES)
    adapter = Adapter(
        role="tuned",
        files=(
            StoredFile(path="adapter_config.json", blob=store.put_blob(b'{"r": 16}')),
            StoredFile(path="adapter_model.safetensors", blob=store.put_blob(weights)),
        ),
        history=store.put_blob(b'{"step": 1, "loss": 2.0}\n'),
        steps=1,
        loss_tokens=1,
        train_loss=Decimal(2),
        held_out_loss=None,
        made_from=(data.ref, base.ref),
    )
    store.put(base, adapter)
    return adapter.ref


if __name__ == "__main__":
    sys.exit("run `make bench ONLY=release`")
