import pytest

from lorewright import ingest
from lorewright.errors import Unreadable
from lorewright.ingest import Reading

VTT = """WEBVTT
Title: Morning talk
Language: en-GB

NOTE Nobody says this.

STYLE
::cue { color: red }

first
00:00:01.000 --> 00:00:04.000 align:start
<v Ada>Check the oil of every pump
once a week.</v>

00:00:04.500 --> 00:00:06.000
<v Ada>It costs a <i>minute</i>.

00:14:03.250 --> 00:14:05.000
<v.loud Ben>And if it runs dry &amp; hot?
"""
SRT = """1
00:00:01,000 --> 00:00:02,000
ADA: Check the oil.

2
00:00:02,000 --> 00:00:03,000
It costs a minute.

3
00:00:03,000 --> 00:00:05,000
BEN: When?
- Now.
"""


def read(text: str, *, file_name: str = "talk.vtt") -> Reading:
    return ingest.read(text.encode(), file_name=file_name)


def said(reading: Reading) -> list[tuple[str, int, int, str | None]]:
    return [
        (reading.text[one.start : one.end], one.from_ms, one.until_ms, one.speaker)
        for one in reading.moments
    ]


def test_a_speaker_is_the_first_words_of_a_paragraph() -> None:
    reading = read(VTT)

    assert reading.text == (
        "**Ada:** Check the oil of every pump once a week. It costs a minute.\n\n"
        "**Ben:** And if it runs dry & hot?\n"
    )
    assert (reading.title, reading.language) == ("Morning talk", "en")


def test_every_cue_is_a_moment_of_the_text() -> None:
    assert said(read(VTT)) == [
        ("Check the oil of every pump once a week.", 1_000, 4_000, "Ada"),
        ("It costs a minute.", 4_500, 6_000, "Ada"),
        ("And if it runs dry & hot?", 843_250, 845_000, "Ben"),
    ]


def test_in_srt_names_stand_before_a_colon_and_a_dash_is_somebody_else() -> None:
    assert said(read(SRT, file_name="talk.srt")) == [
        ("Check the oil.", 1_000, 2_000, "ADA"),
        ("It costs a minute.", 2_000, 3_000, "ADA"),
        ("When?", 3_000, 5_000, "BEN"),
        ("Now.", 3_000, 5_000, None),
    ]
    assert read(SRT, file_name="talk.srt").text.endswith("**BEN:** When?\n\nNow.\n")


def test_captions_that_roll_are_said_once() -> None:
    rolling = """WEBVTT

00:00.000 --> 00:02.000
so today we talk

00:02.000 --> 00:04.000
so today we talk
about pumps and valves

00:04.000 --> 00:06.000
about pumps and valves
because they break.
"""

    reading = read(rolling)

    assert reading.text == "so today we talk about pumps and valves because they break.\n"
    assert [words for words, *_ in said(reading)] == [
        "so today we talk",
        "about pumps and valves",
        "because they break.",
    ]


def test_what_is_said_again_later_is_kept() -> None:
    again = "WEBVTT\n\n00:01.000 --> 00:02.000\nOil first.\n\n00:09.000 --> 00:10.000\nOil first.\n"

    assert read(again).text == "Oil first.\n\nOil first.\n"


def test_srt_without_blank_lines_is_read_too() -> None:
    dense = SRT.replace("\n\n", "\n")

    assert read(dense, file_name="a.srt").text == read(SRT, file_name="a.srt").text


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("WEBVTT\n\nNOTE nothing\n", "a.vtt", "no words with a time"),
        ("1\n00:00:01 no arrow\nwords\n", "a.srt", "no words with a time"),
        ("just words\n", "a.vtt", "does not begin with WEBVTT"),
        ("WEBVTT\n\n9999:00:00.000 --> 9999:00:01.000\nNo.\n", "a.vtt", "line 3 lies beyond"),
    ],
)
def test_what_is_no_transcript_is_refused(text: str, name: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(text, file_name=name)
