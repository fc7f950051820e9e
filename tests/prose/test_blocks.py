from hypothesis import given
from hypothesis import strategies as st

from lorewright.prose import Block, BlockKind, blocks

LINES = st.sampled_from(
    [
        "",
        "",
        " ",
        "plain words",
        "# Heading",
        "## Other #",
        "===",
        "---",
        "- item",
        "  - nested",
        "1. first",
        "2) second",
        "   continued",
        "    code",
        "```",
        "~~~ text",
        "> quote",
        ">",
        "| a | b |",
        "|---|---|",
        "a | b",
        "* * *",
        "<div>",
        "</div>",
        "<!-- note",
        "-->",
        "<pre>",
        "</pre>",
        "key: value",
        "...",
        "1986. A year",
        "<b>",
        "-",
        "#",
        "\t",
        "\tcode",
        "\u3000wide",
        "\x0c",
    ]
)


def kinds(text: str) -> list[str]:
    return [block.kind for block in blocks(text)]


def words(text: str) -> list[str]:
    return [text[block.start : block.end] for block in blocks(text)]


def assert_each_visible_character_lies_in_one_block(text: str) -> None:
    at, found = 0, list(blocks(text))
    for block in found:
        assert at <= block.start < block.end <= len(text)
        assert not text[at : block.start].strip()
        assert not text[block.start].isspace()
        assert not text[block.end - 1].isspace()
        at = block.end
    assert not text[at:].strip()


@given(st.text())
def test_any_text_lies_in_blocks_that_do_not_overlap(text: str) -> None:
    assert_each_visible_character_lies_in_one_block(text)


@given(st.lists(LINES, max_size=14))
def test_any_mixture_of_markdown_lies_in_blocks_that_do_not_overlap(lines: list[str]) -> None:
    assert_each_visible_character_lies_in_one_block("\n".join(lines))


@given(st.lists(LINES, max_size=14))
def test_front_matter_does_not_break_the_tiling(lines: list[str]) -> None:
    assert_each_visible_character_lies_in_one_block("---\n" + "\n".join(lines))


def test_front_matter_is_one_block() -> None:
    text = "---\ntitle: A\ntags:\n  - x\n---\n# A\n"

    assert kinds(text) == ["front_matter", "heading"]


def test_a_rule_at_the_top_is_not_front_matter() -> None:
    assert kinds("---\nA word to begin.\n\n---\nEnd.") == ["rule", "paragraph", "rule", "paragraph"]


def test_headings_know_their_level() -> None:
    text = "# One\n\nTwo\n===\n\nThree\non two lines\n---\n\n#### Four ####\n#not a heading"

    levels = [b.level for b in blocks(text) if b.kind is BlockKind.HEADING]

    assert levels == [1, 1, 2, 4]
    assert kinds(text)[-1] == "paragraph"


def test_a_paragraph_keeps_its_lines_together() -> None:
    assert words("one\ntwo\n  three\n\nfour") == ["one\ntwo\n  three", "four"]


def test_a_number_that_opens_a_line_of_prose_is_no_item() -> None:
    assert kinds("It was in\n1986. A good year.") == ["paragraph"]


def test_items_know_their_depth_and_marker() -> None:
    text = "- a\n  - b\n    more of b\n- c\n\n1. d\n2. e\n   1) f\n"

    items = [(b.level, b.marker) for b in blocks(text)]

    assert items == [(1, "-"), (2, "-"), (1, "-"), (1, "1."), (1, "2."), (2, "1)")]
    assert words(text)[1] == "- b\n    more of b"


def test_a_second_paragraph_of_an_item_says_how_deep_it_stands() -> None:
    found = list(blocks("1. Wash.\n\n   With soap.\n\nDone."))

    assert [(b.kind, b.level) for b in found] == [
        ("list_item", 1),
        ("paragraph", 1),
        ("paragraph", 0),
    ]


def test_code_in_an_item_is_code() -> None:
    text = (
        "1. Run it:\n\n   ```\n   # not a heading\n   ```\n\n2. Look.\n\n- ```\n  x\n  ```\n- end"
    )

    assert kinds(text) == ["list_item", "code", "list_item", "code", "list_item"]


def test_a_fence_hides_everything_in_it_and_an_open_one_hides_the_rest() -> None:
    assert kinds("```py\n# no\n\n- no\n```\nyes") == ["code", "paragraph"]
    assert kinds("~~~\n# no\n\n```\n") == ["code"]


def test_indented_code_includes_its_blank_lines() -> None:
    assert words("text\n\n    a\n\n      b\n\ntext") == ["text", "a\n\n      b", "text"]


def test_tables_need_a_rule_under_their_head() -> None:
    text = "| a | b |\n|---|:-:|\n| 1 | 2 |\n\na | b\n\nWho | what\n--- | ---\nx | y\n"

    assert kinds(text) == ["table", "paragraph", "table"]


def test_quotes_take_their_lazy_lines() -> None:
    assert words("> one\ntwo\n> three\n\nfour") == ["> one\ntwo\n> three", "four"]


def test_html_ends_at_a_blank_line_or_at_its_own_end() -> None:
    text = "<div>\nx\n\n<!-- a\n\nb -->\nwords\n\n<pre>\n\n</pre>\nAnd <b>bold</b> words."

    assert kinds(text) == ["html", "html", "paragraph", "html", "paragraph"]


def test_rules_are_not_items() -> None:
    assert kinds("* * *\n\n- - -\n\n___") == ["rule", "rule", "rule"]


def test_a_block_ends_with_its_last_visible_character() -> None:
    assert list(blocks("  words  \n\n\n")) == [Block(BlockKind.PARAGRAPH, 2, 7)]
