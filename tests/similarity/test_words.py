from hypothesis import given
from hypothesis import strategies as st

from lorewright.similarity import exact_digest, normalised, words


def test_case_and_punctuation_are_set_aside() -> None:
    assert words("Don't panic, READER-friend!") == ["don", "t", "panic", "reader", "friend"]


def test_forms_that_look_alike_are_one() -> None:
    assert words("\ufb01le \uff23afe\u0301 STRASSE") == ["file", "café", "strasse"]
    assert words("straße") == ["strasse"]


def test_what_has_no_width_does_not_cut_a_word() -> None:
    assert words("co\u00adoperate \u200bnow\ufeff") == ["cooperate", "now"]


@given(st.text(st.characters(max_codepoint=127) | st.sampled_from("\u2014\u2019\u201c\u2026")))
def test_plain_and_typeset_text_have_the_same_words(text: str) -> None:
    assert words(f"{text} \u00e9") == [*words(text), "\u00e9"]


def test_marks_stay_on_their_letters() -> None:
    assert words("हिन्दी भाषा") == ["हिन्दी", "भाषा"]


def test_each_character_counts_where_words_are_not_spaced() -> None:
    assert words("水を飲む。yes") == ["水", "を", "飲", "む", "yes"]


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(st.lists(st.text("abcé", min_size=1), min_size=1))
def test_texts_with_the_same_words_have_one_digest(found: list[str]) -> None:
    assert exact_digest(" ".join(found)) == exact_digest(",\n ".join(found).upper() + "!")


def test_texts_of_signs_alone_differ() -> None:
    assert exact_digest("+ +") != exact_digest("- -")
    assert exact_digest("+  +") == exact_digest(" + +")


def test_the_digest_of_a_text_is_the_same_on_every_machine() -> None:
    assert exact_digest("Rest, then work.").hex() == "c2bee17dbb4c3986e67e4ec9d93ab2f8"
