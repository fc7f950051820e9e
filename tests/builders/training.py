"""From a dataset to a release: small valid records for tests."""

from decimal import Decimal

from builders.documents import a_blob, a_recipe
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    BaseLanguageModel,
    Comparison,
    Dataset,
    Finding,
    HashedFile,
    Membership,
    Page,
    RejectedCount,
    Release,
    SetFinding,
    Split,
    StoredFile,
    Verdict,
)


def a_dataset(*made_from: Ref) -> Dataset:
    """A dataset of one example that nobody has stored; `freeze` makes real ones."""
    name = "5" * 64
    page = Page(blob=a_blob(bytes.fromhex(name)), count=1, last=name)
    membership = Membership(split=Split.TRAIN, count=1, root="6" * 64, pages=(page,))
    return Dataset(
        name="coach",
        root="7" * 64,
        splits=(membership,),
        requested=3,
        accepted=1,
        rejected_by_reason=(RejectedCount(reason="near_duplicate", count=2),),
        rejected=a_blob(b"rejections"),
        held_out=a_blob(b"sections"),
        made_from=made_from or (a_recipe("curate").ref,),
    )


def a_base(*made_from: Ref) -> BaseLanguageModel:
    return BaseLanguageModel(
        name="pocket",
        origin="pocket",
        architecture="llama",
        parameters=1_000_000,
        files=(StoredFile(path="model.safetensors", blob=a_blob(b"weights")),),
        made_from=made_from or (a_dataset().ref,),
    )


def an_outside_base() -> BaseLanguageModel:
    return BaseLanguageModel(
        name="some-base",
        origin="outside",
        architecture="llama",
        parameters=8_000_000_000,
        outside=(HashedFile(path="model.safetensors", sha256="8" * 64, size=16_000_000_000),),
    )


def an_adapter(*made_from: Ref) -> Adapter:
    return Adapter(
        role="tuned",
        files=(StoredFile(path="adapter.safetensors", blob=a_blob(b"low rank")),),
        history=a_blob(b"history"),
        steps=350,
        loss_tokens=12_000,
        train_loss=Decimal("1.250000"),
        held_out_loss=None,
        made_from=made_from or (a_dataset().ref, a_base().ref),
    )


def a_verdict(*made_from: Ref) -> Verdict:
    comparison = Comparison(
        split=Split.RECALL,
        arm="tuned",
        against="base",
        items=40,
        mean_difference=Decimal("0.120000"),
        low=Decimal("0.080000"),
        high=Decimal("0.160000"),
        p_value=Decimal("0.000100"),
        effect_size=Decimal("0.900000"),
    )
    finding = SetFinding(
        split=Split.RECALL, finding=Finding.LEARNED_CONTENT, sentence="it learnt what it was taught"
    )
    return Verdict(
        scope="pocket",
        comparisons=(comparison,),
        findings=(finding,),
        scores=a_blob(b"scores"),
        permutations=10_000,
        seed=7,
        made_from=made_from or (an_adapter().ref,),
    )


def a_release(*made_from: Ref) -> Release:
    """A release of an adapter, its dataset and its verdict, in this order."""
    parents = made_from or (an_adapter().ref, a_dataset().ref, a_verdict().ref)
    return Release(
        name="coach",
        version="1",
        adapter=parents[0],
        dataset=parents[1],
        verdict=parents[2],
        manifest=a_blob(b"statement"),
        envelope=a_blob(b"envelope"),
        signer="9" * 64,
        made_from=parents,
    )
