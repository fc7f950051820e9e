"""`enrich` says what became of every conversation; `show` says all that is wrong with one."""

from pathlib import Path

from builders import a_recipe
from cli.program import done, lorewright, told
from conversations.talks import KEPT, a_conversation, a_talk, raw_of
from lorewright.records import Conversation
from lorewright.settings import Settings
from lorewright.store import Workspace


def keep(workspace: Path, *kept: Conversation) -> None:
    with Workspace(workspace).open(Settings()) as store:
        store.put(a_recipe("converse"), *KEPT, *kept)


def broken() -> Conversation:
    talk = a_talk()
    talk["turns"][2]["role"] = "client"
    return a_conversation(raw_of(talk), number=2)


def test_without_conversations_it_says_where_they_come_from(workspace: Path) -> None:
    assert workspace.is_dir()
    said = done("enrich")

    assert "there are no conversations in this workspace" in said.err
    assert told("enrich")["requested"] == 0


def test_every_conversation_is_accounted_for(workspace: Path) -> None:
    bad = broken()
    keep(workspace, a_conversation(), bad)
    said = done("enrich")

    lines = said.out.splitlines()
    assert lines[0] == "2 conversations, 2 of them enriched now"
    assert lines[1] == "2 conversations requested = 1 accepted + 1 rejected + 0 failed"
    for line in (
        "rejected: validation failed", "stopped by INVALID_ROLE",
        "repaired INVENTED_PERSONA", "tier seed_dataset",
    ):  # fmt: skip
        assert f"1  {line}" in said.out
    assert "turns[2].role, line" in said.out
    assert "(INVALID_ROLE)" in said.out
    assert f"lorewright show {bad.ref.short}" in said.err


def test_programs_are_told_the_same(workspace: Path) -> None:
    bad = broken()
    keep(workspace, a_conversation(), bad)
    first, second, again = told("enrich"), told("enrich"), told("enrich", "--again")

    assert (first["requested"], first["accepted"], first["failed"]) == (2, 1, 0)
    assert first["rejected"] == {"validation_failed": 1}
    assert first["states"] == {"completed": 1, "validation_failed": 1}
    assert first["blockers"] == {"INVALID_ROLE": 1}
    assert first["tiers"] == {"seed_dataset": 1}
    assert first["issues"][0]["conversation"] == str(bad.ref)
    assert first["issues"][0]["line"] > 1
    assert [one["enriched_now"] for one in (first, second)] == [2, 0]
    assert (again["requested"], again["accepted"]) == (2, 1)


def test_a_conversation_is_shown_with_its_turns_its_score_and_the_way_of_feelings(
    workspace: Path,
) -> None:
    good = a_conversation()
    keep(workspace, good)
    assert "not enriched yet: lorewright enrich" in done("show", str(good.ref)).out
    done("enrich")
    text, shown = done("show", str(good.ref)).out, told("show", str(good.ref))

    assert ": completed" in text
    assert "of 10 (turn count 10.00, " in text
    assert "client: Mara - The Careful Saver" in text
    assert "1 user, fear 0.8: I lie awake" in text
    assert "feelings: fear 0.8 -> hope 0.6 -> confidence 0.7; they end where the arc leads" in text
    assert "repaired INVENTED_PERSONA: conversation_metadata.client_persona:" in text
    assert shown["enrichment"]["state"] == "completed"
    assert shown["enrichment"]["progression"]["arrives"] is True
    assert shown["enrichment"]["progression"]["change"] == "-0.1"


def test_a_conversation_that_goes_elsewhere_or_along_no_arc_says_so(workspace: Path) -> None:
    talk = a_talk()
    talk["turns"][6]["emotional_context"]["primary_emotion"] = "doubt"
    away = a_conversation(raw_of(talk), number=3)
    free = a_conversation(number=4, made_from=(a_recipe("converse").ref,))
    keep(workspace, away, free)
    done("enrich")

    assert "they end elsewhere than the arc leads" in done("show", str(away.ref)).out
    line = next(
        one for one in done("show", str(free.ref)).out.splitlines() if one.startswith("feelings")
    )
    assert line == "feelings: fear 0.8 -> hope 0.6 -> confidence 0.7"


def test_all_that_is_wrong_with_a_conversation_is_shown(workspace: Path) -> None:
    bad = broken()
    keep(workspace, bad)
    done("enrich")
    text = done("show", str(bad.ref)).out

    assert ": validation failed" in text
    assert "! blocker INVALID_ROLE: turns[2].role, line" in text
    assert "the role of turn 3 is 'client'; write user for the client" in text


def test_what_is_damaged_is_told_as_failed_and_ends_with_3(workspace: Path) -> None:
    keep(workspace, a_conversation())
    with Workspace(workspace).open(Settings()) as store:
        store.write(
            lambda connection: connection.exec_driver_sql(
                "update records set body = x'7b7d' where kind = 'conversation'"
            )
        )
    said, as_json = lorewright("enrich"), lorewright("enrich", "--json")

    assert said.code == as_json.code == 3
    assert "1 conversation could not be enriched; the others are done" in said.err
    assert "0 accepted + 0 rejected + 1 failed" in said.out
    assert as_json.told["failed"] == 1
    assert len(as_json.told["failures"]) == 1
