"""Every stored conversation gets one enrichment, and what they come to is counted."""

import pytest

from builders import WORDS, a_recipe, a_source
from conversations.talks import KEPT, a_conversation, a_talk, raw_of
from lorewright.conversations.enriching import Said, read_turns
from lorewright.errors import NotYet
from lorewright.flows.enriching import (
    AT_ONCE,
    SHOWN,
    conversations,
    enrich_conversations,
    enrichment_of,
    enrichments,
    progression,
    tally,
)
from lorewright.flows.showing import look_at
from lorewright.flows.tracing import summary_of
from lorewright.records import Conversation, Enrichment, RawForm, Verb
from lorewright.settings import EnrichmentSettings, Settings
from lorewright.store import Store, decide

SETTINGS = Settings()


def keep(store: Store, *kept: Conversation) -> tuple[Conversation, ...]:
    store.put(a_recipe("converse"), *KEPT, *kept)
    return kept


def broken(number: int = 9) -> Conversation:
    talk = a_talk()
    talk["turns"][2]["role"] = "client"
    return a_conversation(raw_of(talk), number=number)


def test_a_conversation_is_enriched_once(store: Store) -> None:
    (kept,) = keep(store, a_conversation())
    report = enrich_conversations(store, SETTINGS)
    again = enrich_conversations(store, SETTINGS)

    found = enrichment_of(store, kept.ref)
    assert found is not None
    assert (report.accepted, report.failed) == (1, [])
    assert list(report.made) == [found.ref]
    assert (again.requested, list(again.made)) == (0, [])
    assert list(enrichments(store, SETTINGS)) == [(kept.ref, found.ref)]
    assert {one.ref for one in KEPT} < set(found.made_from)


def test_again_takes_all_of_them_and_makes_the_same_of_the_same(store: Store) -> None:
    keep(store, a_conversation(), broken())
    enrich_conversations(store, SETTINGS)
    before = set(store.names(Enrichment.kind))
    again = enrich_conversations(store, SETTINGS, again=True)

    assert again.requested == 2
    assert set(again.made) == before == set(store.names(Enrichment.kind))


def test_other_settings_are_another_recipe(store: Store) -> None:
    (kept,) = keep(store, a_conversation("x" * 1_000_001))
    small = Settings(enrichment=EnrichmentSettings(largest_conversation_mb=1))
    enrich_conversations(store, SETTINGS)
    assert list(enrichments(store, small)) == [(kept.ref, None)]
    enrich_conversations(store, small)

    assert tally(store, SETTINGS).blockers == {"INVALID_JSON_SYNTAX": 1}
    assert tally(store, small).blockers == {"CONVERSATION_TOO_LARGE": 1}
    newest = enrichment_of(store, kept.ref)
    assert newest is not None
    assert list(enrichments(store, small)) == [(kept.ref, newest.ref)]


def test_many_are_done_in_pieces_and_counted_as_a_whole(store: Store) -> None:
    keep(store, *(a_conversation(number=number) for number in range(AT_ONCE + 6)))
    report = enrich_conversations(store, SETTINGS)

    assert (report.pieces, report.accepted) == (2, AT_ONCE + 6)
    assert tally(store, SETTINGS).completed == AT_ONCE + 6


def test_what_became_of_all_is_counted(store: Store) -> None:
    short = a_talk()
    short["turns"][1]["content"] = "Oh."
    good, bad, brief = keep(
        store, a_conversation(), broken(), a_conversation(raw_of(short), number=2)
    )
    assert tally(store, SETTINGS).open == 3
    enrich_conversations(store, SETTINGS)
    found = tally(store, SETTINGS)

    assert (found.conversations, found.completed, found.open) == (3, 2, 0)
    assert found.stopped == {"validation_failed": 1}
    assert found.blockers == {"INVALID_ROLE": 1}
    assert found.warnings == {"SHORT_CONTENT": 1}
    assert found.repairs == {"INVENTED_PERSONA": 2}
    assert found.tiers.total() == 2
    assert [(one.conversation, one.code) for one in found.shown] == [
        (bad.ref, "INVALID_ROLE"),
        (brief.ref, "SHORT_CONTENT"),
    ]
    assert found.shown[0].field == "turns[2].role"
    assert bad.raw.splitlines()[(found.shown[0].line or 0) - 1].strip() == '"role": "client",'
    assert good.ref not in {one.conversation for one in found.shown}


def test_no_more_issues_are_told_than_a_screen_holds(store: Store) -> None:
    keep(store, *(broken(number) for number in range(SHOWN + 3)))
    enrich_conversations(store, SETTINGS)
    found = tally(store, SETTINGS)

    assert len(found.shown) == SHOWN
    assert found.blockers == {"INVALID_ROLE": SHOWN + 3}


def test_a_form_has_its_reader_or_is_told(store: Store) -> None:
    (kept,) = keep(store, a_conversation(form=RawForm.V4))
    enrich_conversations(store, SETTINGS, readers={})
    assert tally(store, SETTINGS).blockers == {"UNKNOWN_FORM": 1}
    enrich_conversations(store, SETTINGS, again=True, readers={RawForm.V4: read_turns})

    assert kept.form is RawForm.V4


def test_what_rests_on_a_withdrawn_source_is_left_alone(store: Store) -> None:
    source = a_source()
    store.put_blob(WORDS.encode())
    store.put(source)
    kept = keep(store, a_conversation(made_from=(source.ref,)), a_conversation(number=2))
    assert set(conversations(store)) == {one.ref for one in kept}
    decide(store, source.ref, Verb.WITHDRAW, why="contract ended", by="Ada")

    assert list(conversations(store)) == [kept[1].ref]
    assert enrich_conversations(store, SETTINGS).requested == 1
    assert tally(store, SETTINGS).conversations == 1


def test_a_piece_that_fails_is_kept_as_failed_and_done_the_next_time(store: Store) -> None:
    def out_of_order(raw: str) -> Said:
        raise NotYet(f"the reader of {len(raw)} characters is out of order", hint="wait")

    keep(store, a_conversation())
    report = enrich_conversations(store, SETTINGS, readers={RawForm.TURNS: out_of_order})
    assert [str(error) for _, error in report.failed] == [
        "the reader of 3177 characters is out of order"
    ]
    assert tally(store, SETTINGS).open == 1

    assert enrich_conversations(store, SETTINGS).accepted == 1
    assert tally(store, SETTINGS).open == 0


@pytest.mark.parametrize("of_enrichment", [False, True])
def test_a_look_at_a_conversation_holds_its_enrichment(
    store: Store,
    of_enrichment: bool,  # noqa: FBT001 - a table
) -> None:
    (kept,) = keep(store, a_conversation())
    assert look_at(store, SETTINGS, kept.ref).enrichment is None
    enrich_conversations(store, SETTINGS)
    made = enrichment_of(store, kept.ref)
    assert made is not None
    look = look_at(store, SETTINGS, made.ref if of_enrichment else kept.ref)

    assert look.enrichment == made
    assert look.progression == progression(store, made)
    assert look.progression is not None
    assert look.progression.arrives


def test_every_record_of_a_conversation_has_its_line(store: Store) -> None:
    good, bad = keep(store, a_conversation(), broken())
    enrich_conversations(store, SETTINGS)
    made = [enrichment_of(store, one.ref) for one in (good, bad)]

    assert [summary_of(store, one).partition(",")[0] for one in (*KEPT[:1], *made) if one] == [
        "personas: careful_saver",
        "8 turns",
        "validation_failed: 1 issues",
    ]
    assert summary_of(store, good).startswith(
        "balanced-1-0001, by scripted:script: careful_saver, fear_to_confidence"
    )
    assert made[1] is not None
    assert progression(store, made[1]) is None
