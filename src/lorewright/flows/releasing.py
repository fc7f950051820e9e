"""From an adapter and its verdict to a signed folder that stands by itself."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import lorewright
from lorewright import evaluate, release
from lorewright.errors import Refused, UsageError
from lorewright.evaluate.proof.lock import FILE
from lorewright.flows.current import refuse_erased
from lorewright.flows.datasets import NAME
from lorewright.flows.folder_writing import HandedOut
from lorewright.flows.naming import find, set_newest
from lorewright.flows.proven import Proven, newest_proof
from lorewright.flows.publishing import refuse_unknown_licence, write_members, write_sources
from lorewright.flows.survey import AT_ONCE
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    BaseLanguageModel,
    Collection,
    Dataset,
    EvaluationLock,
    ProofVerdict,
    Recipe,
    Release,
    Split,
    Verdict,
)
from lorewright.release import DataFacts, FileFact, LossFacts, ReleaseFacts, SigningKey
from lorewright.store import Making, Store, Workspace, refuse_withdrawn, seconds

VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,31}")
_IN_THE_CHAIN = frozenset(
    shape.kind
    for shape in (
        Adapter,
        BaseLanguageModel,
        Collection,
        Dataset,
        EvaluationLock,
        ProofVerdict,
        Recipe,
        Verdict,
    )
)
"""Records whose stored bytes repeat no word of a source."""
_STEPS_SHOWN = 6


class Released(NamedTuple):
    """A release and where it lies."""

    record: Release
    folder: Path
    files: tuple[FileFact, ...]
    facts: ReleaseFacts


class Wish(NamedTuple):
    """What is to be released, and how."""

    adapter: str | None = None
    name: str | None = None
    version: str | None = None
    require_better: bool = False
    require_proven: bool = False
    with_data: bool = False
    allow_unknown_licence: bool = False
    out: Path | None = None


def release_adapter(
    workspace: Workspace, store: Store, wish: Wish, *, signer: Callable[[], SigningKey]
) -> Released:
    """Write an adapter with its cards, bibliography, lineage and signed manifest.

    The signer is asked for the key when nothing else stands in the way.

    Raises:
        Refused: when a gate that was asked for is not passed, a source was withdrawn or
            erased, or the version stands for something else already.
        NotYet: when no adapter was trained.
        UsageError: when a name cannot be used.
    """
    started = time.monotonic()
    adapter = _adapter(store, wish.adapter)
    data, base, verdict = _parents(store, adapter)
    if wish.require_better:
        _refuse_unless_better(adapter, verdict)
    rated = newest_proof(store, adapter.ref, measured=True)
    if wish.require_proven:
        _refuse_unless_proven(adapter, rated)
    name = _checked(wish.name or data.name, NAME)
    version = _checked(wish.version or _next_version(store, name, adapter, verdict, rated), VERSION)
    place = wish.out or workspace.releases / f"{name}-{version}"
    with HandedOut(
        workspace,
        store,
        place,
        purpose="release",
        rests_on=adapter.ref,
        mark=release.ENVELOPE,
    ) as folder:
        counted, splits = write_members(store, data, folder, with_data=wish.with_data)
        facts = ReleaseFacts(
            name=name,
            version=version,
            data=counted,
            adapter=adapter,
            base=base,
            recipe=_recipe(store, adapter),
            losses=tuple(_losses(store, adapter)),
            verdict=verdict,
            headline=evaluate.headline_of(verdict) if verdict else None,
            with_data=wish.with_data,
            findings=tuple(_findings(verdict)),
            chain=tuple(_chain(store, counted, adapter, verdict, rated)),
            rated=None if rated is None else (rated.verdict, rated.lock),
        )
        if wish.with_data and not wish.allow_unknown_licence:
            refuse_unknown_licence(counted)
        key = signer()
        _write_files(store, folder, facts, splits, keyid=key.public.keyid)
        record = _sign(store, folder, facts, key)
        _refuse_taken(store, record)
    store.submit([record], making=Making("release", seconds(time.monotonic() - started))).result()
    set_newest(store, record.ref)
    return Released(record, place, tuple(sorted(folder.files.values())), facts)


def _adapter(store: Store, name: str | None) -> Adapter:
    adapter = find(store, name, Adapter)
    if adapter.role != "tuned":
        raise UsageError(
            f"{adapter.ref.short} is a control", hint="name the adapter that it is a control for"
        )
    return adapter


def _parents(store: Store, adapter: Adapter) -> tuple[Dataset, BaseLanguageModel, Verdict | None]:
    parents = {ref.kind: ref for ref in adapter.made_from}
    data = store.get(parents[Dataset.kind], Dataset)
    refuse_withdrawn(store, [data.ref], doing="releasing what was trained on")
    refuse_erased(store, data.ref, doing="releasing what was trained on")
    base = store.get(parents[BaseLanguageModel.kind], BaseLanguageModel)
    verdicts = list(store.get_many(store.children([adapter.ref], kind=Verdict.kind), Verdict))
    return data, base, verdicts[-1] if verdicts else None


def _refuse_unless_better(adapter: Adapter, verdict: Verdict | None) -> None:
    findings = verdict.findings if verdict else None
    if not release.is_better(findings):
        raise Refused(
            f"{adapter.ref.short} is not released: it is required to be better, and it is "
            f"{release.proven_sentence(findings)}",
            hint="run `lorewright evaluate` first"
            if verdict is None
            else "train on more or better data, or release it without --require; its card will "
            "say what was found",
        )


def _refuse_unless_proven(adapter: Adapter, rated: Proven | None) -> None:
    proof = rated.verdict if rated else None
    if not release.is_proven(proof):
        raise Refused(
            f"{adapter.ref.short} is not released: it is required to be proven, and it is "
            f"{release.rated_sentence(proof)}",
            hint="have its answers rated by people or judges, and run `lorewright evaluate`"
            if proof is None
            else "release it without --require; its card will say what was found",
        )


def _checked(name: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(name):
        raise UsageError(
            f"{name[:100]!r} cannot be the name or version of a release",
            hint="use letters, digits, dots, dashes and plus signs, and begin with a letter or a "
            "digit",
        )
    return name


def _next_version(
    store: Store, name: str, adapter: Adapter, verdict: Verdict | None, rated: Proven | None
) -> str:
    """The version that these have already, or the next whole number."""
    made = [one for one in _releases(store) if one.name == name]
    wanted = (adapter.ref, verdict.ref if verdict else None)
    proof = {rated.verdict.ref} if rated else set[Ref]()
    for one in reversed(made):
        proofs = {ref for ref in one.made_from if ref.kind == ProofVerdict.kind}
        if (one.adapter, one.verdict) == wanted and proofs == proof:
            return one.version
    taken = [int(one.version) for one in made if one.version.isdecimal()]
    return str(max(taken, default=0) + 1)


def _refuse_taken(store: Store, record: Release) -> None:
    """One version is one content: a name that may change its meaning proves nothing."""
    for one in _releases(store):
        is_same = one.manifest.sha256 == record.manifest.sha256
        if (one.name, one.version) == (record.name, record.version) and not is_same:
            raise Refused(
                f"{record.name} version {record.version} was released already, with other content",
                where=one.ref.short,
                hint="give this one another --version",
            )


def _releases(store: Store) -> list[Release]:
    """The oldest first."""
    return list(store.get_many(reversed(list(store.newest(Release.kind))), Release))


def _recipe(store: Store, adapter: Adapter) -> Recipe | None:
    refs = [ref for ref in adapter.made_from if ref.kind == Recipe.kind]
    return next(store.get_many(refs, Recipe), None)


def _losses(store: Store, adapter: Adapter) -> Iterator[LossFacts]:
    """A few steps, the first and the last among them."""
    rows = [json.loads(line) for line in store.blobs.get(adapter.history).splitlines()]
    last = len(rows) - 1
    places = sorted({last * turn // (_STEPS_SHOWN - 1) for turn in range(_STEPS_SHOWN)})
    for row in (rows[place] for place in places if rows):
        held_out = row.get("held_out_loss")
        yield LossFacts(
            int(row["step"]),
            f"{float(row['loss']):.4f}",
            None if held_out is None else f"{float(held_out):.4f}",
        )


def _findings(verdict: Verdict | None) -> Iterator[tuple[str, str, str]]:
    for found in verdict.findings if verdict else ():
        yield found.split.value, evaluate.finding_words(found.finding), found.sentence


def _chain(
    store: Store,
    data: DataFacts,
    adapter: Adapter,
    verdict: Verdict | None,
    rated: Proven | None,
) -> Iterator[tuple[Ref, bytes]]:
    """The stored bytes of all that a release rests on, but for what quotes a source."""
    level = {adapter.ref, *({verdict.ref} if verdict else ())}
    level |= {rated.verdict.ref} if rated else set[Ref]()
    seen = {*(one.ref for one in data.sources), *(one.ref for one in data.recipes)}
    while level:
        seen |= level
        level = {ref for ref in store.parents(*level) if ref.kind in _IN_THE_CHAIN} - seen
    names = sorted(seen)
    for at in range(0, len(names), AT_ONCE):
        yield from store.bodies(names[at : at + AT_ONCE])


def _write_files(
    store: Store,
    folder: HandedOut,
    facts: ReleaseFacts,
    splits: dict[Split, FileFact],
    *,
    keyid: str,
) -> None:
    for file in facts.adapter.files:
        folder.write(f"{release.FOLDER}/{file.path}", store.blobs.get(file.blob))
    folder.write("README.md", release.adapter_card(facts, keyid=keyid).encode())
    paths = {split: file.path for split, file in splits.items()}
    folder.write("dataset-card.md", release.data_card(facts.data, files=paths).encode())
    write_sources(folder, facts.data, title=f"{facts.name}, version {facts.version}")
    folder.write("records.jsonl", release.lines_of(facts.chain).encode())
    folder.write("verdict.json", _verdict(facts))
    if facts.rated is not None:
        folder.write("proof.json", _proof(store, *facts.rated))
        folder.write(FILE, facts.rated[1].text.encode())
    if facts.with_data:
        metadata = release.croissant(facts.data, splits, version=facts.version)
        folder.write("croissant.json", metadata.encode())


def _verdict(facts: ReleaseFacts) -> bytes:
    told = (
        {"record": facts.verdict.ref, **facts.verdict.model_dump(mode="json")}
        if facts.verdict
        else {"record": None, "why": "nothing was tested about this adapter"}
    )
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _proof(store: Store, proof: ProofVerdict, lock: EvaluationLock) -> bytes:
    """The verdict about ratings with its numbers: no word of an answer, and no person's name."""
    numbers = json.loads(store.blobs.get(proof.numbers))
    for rater in numbers["raters"]:
        if rater["by"] == "person":
            del rater["rater"]
    for excluded in numbers["excluded"]:
        del excluded["first"]
    told = {
        "record": proof.ref,
        "lock": lock.ref,
        **proof.model_dump(mode="json"),
        "numbers": numbers,
    }
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _sign(store: Store, folder: HandedOut, facts: ReleaseFacts, key: SigningKey) -> Release:
    builder = f"lorewright {lorewright.__version__}"
    manifest = release.statement_of(facts, folder.files.values(), builder=builder)
    envelope = release.seal(manifest, key)
    folder.write(release.MANIFEST, manifest)
    folder.write(release.ENVELOPE, envelope)
    folder.write(release.KEY, key.public.as_pem())
    verdict = facts.verdict.ref if facts.verdict else None
    return Release(
        name=facts.name,
        version=facts.version,
        adapter=facts.adapter.ref,
        dataset=facts.data.record.ref,
        verdict=verdict,
        manifest=store.put_blob(manifest),
        envelope=store.put_blob(envelope),
        signer=key.public.keyid,
        made_from=(
            facts.adapter.ref,
            facts.data.record.ref,
            *((verdict,) if verdict else ()),
            *((facts.rated[0].ref,) if facts.rated else ()),
        ),
    )
