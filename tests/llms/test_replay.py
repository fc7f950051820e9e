"""What was recorded is given again, and what was not is no answer."""

import asyncio
from pathlib import Path

import pytest

from llms.straight import Pairs, a_chat, a_request, with_server
from lorewright.errors import BadSettings, ModelError
from lorewright.llms import Reply, Stop, parsed
from lorewright.llms.loopback import Loopback, Rehearsal
from lorewright.llms.models import open_model
from lorewright.llms.replay import Recorded, Recorder, Replay, prompt_digest
from lorewright.settings import TeacherSettings

KEY = "sk-planted-0123456789"


def recorded(path: Path, *tasks: str) -> list[Reply]:
    """What a rehearsal answers, written to `path` as it comes."""

    async def put(server: Loopback) -> list[Reply]:
        recorder = Recorder(a_chat("openai", server, key=KEY), path)
        replies = [await recorder.complete(a_request(task=task)) for task in tasks]
        await recorder.close()
        return replies

    return with_server(Rehearsal(), put)


def replayed(path: Path, **changes: object) -> Reply:
    chat = open_model(TeacherSettings(model=f"replay:{path}"))
    return asyncio.run(chat.complete(a_request(**{"task": "one", **changes})))  # pyright: ignore[reportArgumentType] - what a test names


def test_a_recorded_answer_is_given_again_word_for_word(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    first, _ = recorded(path, "one", "two")

    again = replayed(path)

    assert (again.text, again.stop, again.usage, again.model) == (
        first.text,
        first.stop,
        first.usage,
        first.model,
    )
    assert parsed(again, Pairs).pairs


def test_the_same_words_find_their_answer_whatever_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    (first,) = recorded(path, "one")

    assert replayed(path, max_tokens=77).text == first.text


def test_a_request_that_was_never_recorded_is_named(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    recorded(path, "one")

    with pytest.raises(ModelError, match=a_request(task="three").fingerprint.hex()[:16]) as caught:
        replayed(path, task="three")

    assert caught.value.fault == "not_recorded"
    assert not caught.value.again


def test_a_file_of_answers_holds_no_prompt_and_no_key(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    recorded(path, "a word that stands in the prompt alone")

    said = path.read_text(encoding="utf-8")

    assert KEY not in said
    assert "stands in the prompt alone" not in said


def test_answers_to_the_same_request_come_in_their_order_and_the_last_one_stays() -> None:
    digest = prompt_digest(a_request())
    chat = Replay(tuple(Recorded(prompt=digest, text=text) for text in ("a", "b")), "script")

    texts = [asyncio.run(chat.complete(a_request())).text for _ in range(3)]

    assert texts == ["a", "b", "b"]


def test_how_an_answer_ended_is_recorded_too() -> None:
    line = Recorded(prompt=prompt_digest(a_request()), text="a", stop=Stop.LENGTH)

    assert asyncio.run(Replay((line,), "script").complete(a_request())).stop is Stop.LENGTH


def test_other_answers_are_another_language_model(tmp_path: Path) -> None:
    one, other = tmp_path / "one" / "answers.jsonl", tmp_path / "other" / "answers.jsonl"
    for path, task in ((one, "one"), (other, "other")):
        path.parent.mkdir()
        recorded(path, task)

    first, second = (open_model(TeacherSettings(model=f"replay:{path}")) for path in (one, other))

    assert first.record != second.record
    assert str(tmp_path) not in first.record.name


@pytest.mark.parametrize("line", ["{}", "not JSON", '{"text": "a", "promt": "b"}', "\xff"])
def test_a_line_that_is_no_answer_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b'{"text": "a"}\n\n' + line.encode("latin-1"))

    with pytest.raises(BadSettings, match="line 3 "):
        open_model(TeacherSettings(model=f"replay:{path}"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as caught:
        open_model(TeacherSettings(model=f"replay:{tmp_path / 'none.jsonl'}"))

    assert "none.jsonl" in str(caught.value.where)
