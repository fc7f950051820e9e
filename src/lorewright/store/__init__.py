"""The store: records, decisions, state, blobs and lineage; the only room that speaks SQL."""

from lorewright.store.blobs import BlobStore
from lorewright.store.database import HEAD, Database, revision_of
from lorewright.store.datasets import (
    Change,
    HeldOut,
    Rejected,
    difference,
    examples,
    freeze,
    held_out_sections,
    members,
    rejections,
    split_of,
)
from lorewright.store.decisions import (
    ancestors,
    decide,
    decided_after,
    decisions_about,
    licence_of,
    refuse_withdrawn,
    review,
    reviews,
    withdrawal,
    withdrawn_sources,
)
from lorewright.store.erase import Erasure, erase, plan_erasure
from lorewright.store.history import Made, Run, made_in_run, making_of, runs_of
from lorewright.store.making import Making
from lorewright.store.memo import MemoKey, memo_key
from lorewright.store.record_store import Store, seconds
from lorewright.store.run_views import RunView, run_view, run_views
from lorewright.store.state import (
    Purpose,
    RunItem,
    WrittenFile,
    add_run_item,
    alias,
    begin_run,
    end_run,
    forget_file,
    remember_file,
    set_alias,
    written_files,
)
from lorewright.store.verify import Problem, Verification, verify
from lorewright.store.workspace import Workspace

__all__ = [
    "HEAD",
    "BlobStore",
    "Change",
    "Database",
    "Erasure",
    "HeldOut",
    "Made",
    "Making",
    "MemoKey",
    "Problem",
    "Purpose",
    "Rejected",
    "Run",
    "RunItem",
    "RunView",
    "Store",
    "Verification",
    "Workspace",
    "WrittenFile",
    "add_run_item",
    "alias",
    "ancestors",
    "begin_run",
    "decide",
    "decided_after",
    "decisions_about",
    "difference",
    "end_run",
    "erase",
    "examples",
    "forget_file",
    "freeze",
    "held_out_sections",
    "licence_of",
    "made_in_run",
    "making_of",
    "members",
    "memo_key",
    "plan_erasure",
    "refuse_withdrawn",
    "rejections",
    "remember_file",
    "review",
    "reviews",
    "revision_of",
    "run_view",
    "run_views",
    "runs_of",
    "seconds",
    "set_alias",
    "split_of",
    "verify",
    "withdrawal",
    "withdrawn_sources",
    "written_files",
]
