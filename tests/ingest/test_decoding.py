import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import Unreadable
from lorewright.ingest.decoding import decode

HEBREW = "שלום עולם, זה טקסט."
CHINESE = "护理的第一条原则是使室内空气与室外一样清新。"


def decoded(raw: bytes, declared: str | None = None) -> str:
    return decode(raw, file_name="notes.txt", declared=declared)


def reason(raw: bytes, declared: str | None = None) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        decoded(raw, declared)
    assert refused.value.where == "notes.txt"
    assert refused.value.hint
    return refused.value


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_utf_8_comes_back_in_composed_form(text: str) -> None:
    if text.strip("\ufeff").strip():
        again = decoded(text.encode())

        assert decoded(again.encode()) == again


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [HEBREW, CHINESE, "Crème brûlée"])
def test_every_unicode_form_with_a_mark_is_read(encoding: str, text: str) -> None:
    assert decoded(text.encode(encoding)) == text


def test_letters_are_composed() -> None:
    assert decoded("Cafe\u0301".encode()) == "Caf\u00e9"


def test_every_line_end_becomes_a_newline() -> None:
    assert decoded("a\r\nb\rc\x85d\u2028e\x0cf".encode()) == "a\nb\nc\nd\ne\n\nf"


def test_a_stray_control_character_is_dropped() -> None:
    assert decoded(b"The end.\x1a" + b" More words." * 100).startswith("The end. More")


def test_western_european_text_is_read_as_such() -> None:
    text = "Das Fenster muß offen sein, \u201eimmer\u201c, sagte er und ließ es dabei."

    assert decoded(text.encode("cp1252")) == text


def test_a_declared_encoding_is_believed() -> None:
    text = "Первое правило ухода за больными"

    assert decoded(text.encode("cp1251"), declared="windows-1251") == text


def test_a_declaration_that_is_no_encoding_is_passed_over() -> None:
    assert decoded("Das Fenster muß offen sein".encode("cp1252"), declared="rot13").endswith("sein")


@pytest.mark.parametrize("raw", [b"", b" \r\n\t ", "\ufeff\n".encode()])
def test_nothing_to_read_is_said(raw: bytes) -> None:
    assert any(word in reason(raw).sentence for word in ("empty", "white space"))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04abc", "ZIP"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"words\x00words", "zero bytes"),
        (bytes(range(1, 32)) * 20, "control characters"),
    ],
)
def test_what_is_no_text_is_named(raw: bytes, said: str) -> None:
    assert said in reason(raw).sentence


@pytest.mark.parametrize(
    "raw",
    [
        "Первое правило ухода".encode("cp1251"),
        "看護の第一の原則は換気である".encode("shift_jis"),
        CHINESE.encode("gbk"),
        HEBREW.encode("cp1255"),
    ],
)
def test_an_encoding_that_cannot_be_told_is_not_guessed(raw: bytes) -> None:
    assert "encoding cannot be told" in reason(raw).sentence


def test_damaged_utf_8_is_not_taken_for_western_european() -> None:
    error = reason("Café \u201couvert\u201d, déjà vu".encode() + b"\xe2\x80 and on")

    assert "1 broken place" in error.sentence
    assert "-c" in (error.hint or "")


def test_a_wrong_declaration_is_said() -> None:
    assert "says that it is ascii" in reason("muß".encode("cp1252"), declared="ascii").sentence


def test_halves_of_letters_never_come_through() -> None:
    reason("ß".encode("cp1252") + b"\\ud800", declared="unicode_escape")
