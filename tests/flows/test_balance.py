"""Each row of the table adds up, and says what lacks."""

from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from builders import a_recipe
from conversations.talks import (
    ARC,
    KEPT,
    PERSONA,
    TOPIC,
    a_conversation,
    a_talk,
    enriched,
    raw_of,
)
from lorewright.flows.balance import UNKNOWN, Balance, Cell, Count, balance_of, known_keys
from lorewright.flows.conversation_examples import make_examples
from lorewright.flows.enriching import enrich_conversations
from lorewright.generate.conversations import Axis
from lorewright.records import Conversation, Example, QualityTier, Rejection, Scaffold, Verb
from lorewright.settings import Settings
from lorewright.store import Store, decide

SETTINGS = Settings()
CELL = Cell(PERSONA.key, ARC.key, TOPIC.key)


def failed(*entries: int) -> Rejection:
    return Rejection(
        step="converse",
        outcome="failed",
        reason="truncation",
        detail="it was cut off",
        made_from=(*(KEPT[at].ref for at in entries), a_recipe("converse").ref),
    )


def broken(number: int) -> Conversation:
    talk = a_talk()
    talk["turns"][2]["role"] = "client"
    return a_conversation(raw_of(talk), number=number)


def test_every_conversation_stands_in_one_column(store: Store) -> None:
    store.put(a_recipe("converse"), *KEPT, a_conversation(), broken(2), failed(0, 1, 2))
    enrich_conversations(store, SETTINGS)
    store.put(a_conversation(number=3))
    count = balance_of(store).cells[CELL]

    assert (count.accepted, count.blocked, count.waiting, count.failed) == (1, 1, 1, 1)
    assert count.requested == 4
    assert count.acceptance == Decimal("0.333")
    assert count.quality == count.scores[0].quantize(Decimal("0.01"))


def test_a_rejected_tier_is_turned_down(store: Store) -> None:
    good = enriched()
    assert good.content is not None
    poor = good.content.model_copy(update={"tier": QualityTier.REJECTED, "quality": Decimal(2)})
    store.put(a_recipe("converse"), a_recipe("enrich"), *KEPT, a_conversation())
    store.put(good.model_copy(update={"content": poor}))
    count = balance_of(store).whole

    assert (count.turned_down, count.requested) == (1, 1)
    assert (count.quality, count.acceptance) == (Decimal("2.00"), Decimal("0.000"))


def test_what_a_reviewer_rejects_is_turned_down(store: Store) -> None:
    kept = a_conversation()
    store.put(a_recipe("converse"), *KEPT, kept, a_conversation(number=2))
    enrich_conversations(store, SETTINGS)
    make_examples(store, SETTINGS)
    (example,) = store.children([kept.ref], kind=Example.kind)
    decide(store, example, Verb.REJECT, by="Ada", why="it promises too much")
    count = balance_of(store).whole

    assert (count.accepted, count.turned_down) == (1, 1)
    assert len(count.scores) == 2


def test_what_nobody_says_is_unknown(store: Store) -> None:
    nowhere = a_conversation(made_from=(a_recipe("converse").ref,)).model_copy(
        update={"scaffold": Scaffold(persona_key="somebody")}
    )
    store.put(a_recipe("converse"), *KEPT, nowhere, failed(0))

    assert set(balance_of(store).cells) == {
        Cell("somebody", UNKNOWN, UNKNOWN),
        Cell(PERSONA.key, UNKNOWN, UNKNOWN),
    }


def test_only_what_is_named_is_counted(store: Store) -> None:
    store.put(a_recipe("converse"), *KEPT, a_conversation())

    def counted(axis: Axis, key: str) -> int:
        return balance_of(store, only={axis: frozenset({key})}).whole.requested

    assert counted(Axis.ARC, ARC.key) == counted(Axis.PERSONA, PERSONA.key) == 1
    assert counted(Axis.ARC, "another") == counted(Axis.TOPIC, PERSONA.key) == 0


def test_rejections_of_other_steps_are_no_conversations(store: Store) -> None:
    other = failed(0, 1, 2).model_copy(update={"step": "examples"})
    store.put(a_recipe("converse"), *KEPT, other)

    assert balance_of(store).cells == {}
    assert balance_of(store).whole.quality is None
    assert balance_of(store).whole.acceptance is None


counts = st.builds(
    Count,
    accepted=st.integers(0, 9),
    turned_down=st.integers(0, 9),
    blocked=st.integers(0, 9),
    waiting=st.integers(0, 9),
    failed=st.integers(0, 9),
    scores=st.lists(st.decimals(0, 10, places=2), max_size=3),
)
keys = st.sampled_from("abc")
tables = st.dictionaries(st.builds(Cell, keys, keys, keys), counts).map(Balance)


@given(tables, st.sampled_from(list(Axis)))
def test_every_axis_adds_up_to_the_whole(table: Balance, axis: Axis) -> None:
    rows, whole = table.by(axis).values(), table.whole

    for column in ("requested", "accepted", "turned_down", "blocked", "waiting", "failed"):
        assert sum(getattr(row, column) for row in rows) == getattr(whole, column)
    assert sorted(score for row in rows for score in row.scores) == sorted(whole.scores)
    assert whole.acceptance is None or 0 <= whole.acceptance <= 1


@given(tables, st.sampled_from(list(Axis)), st.integers(1, 30), st.sets(st.sampled_from("abcd")))
def test_filling_every_gap_reaches_the_target(
    table: Balance, axis: Axis, target: int, wanted: set[str]
) -> None:
    gaps, there = table.gaps(axis, target, wanted), table.by(axis)

    lacking = {one.key: one.lacking for one in gaps}
    assert [one.lacking for one in gaps] == sorted(lacking.values(), reverse=True)
    for key in wanted:
        accepted = there.get(key, Count()).accepted
        assert accepted + lacking.get(key, 0) == max(accepted, target)
    assert lacking.keys() <= wanted


def test_every_arc_of_the_catalogue_may_have_a_gap(tmp_path: Path) -> None:
    assert "fear_to_confidence" in known_keys(tmp_path, Axis.ARC)
    assert len(known_keys(tmp_path, Axis.TOPIC)) >= 65
    assert not known_keys(tmp_path, Axis.ARC) & known_keys(tmp_path, Axis.TOPIC)
