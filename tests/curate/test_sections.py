from curate.builders import a_conversation, a_document, an_example, documents_of
from lorewright.curate.item import Cited, item_of
from lorewright.curate.sections import SectionGroups, body_of

WORDS = " ".join(f"word{at}" for at in range(80))
HANDBOOK = a_document(f"# One\n\nRest is good.\n\n# Two\n\n{WORDS}\n\n# Three\n\nTea.\n")
EDITION = a_document(f"{WORDS} changed\n", title="Another edition")


def groups(threshold: float = 0.8) -> SectionGroups:
    return SectionGroups(documents_of(HANDBOOK, EDITION), threshold=threshold)


def test_the_body_of_a_section_begins_below_its_heading() -> None:
    text = "---\ntitle: x\n---\n\n# One\n\nRest.\n\nTwo\n===\nTea.\n\nThree\nwords\n---\n"
    document = a_document(text)

    bodies = [body_of(document, section) for section in document.sections]

    assert [text[start:end].strip() for start, end in bodies] == ["", "Rest.", "Tea.", ""]


def test_nearly_the_same_text_in_another_document_is_one_group() -> None:
    assert groups().of_document(HANDBOOK.ref)[1] == groups().of_document(EDITION.ref)[0]
    assert len({*groups().of_document(HANDBOOK.ref)}) == 3


def test_the_same_text_is_one_group_under_any_heading() -> None:
    twice = a_document("# One\n\nRest is good.\n\n## Else\n\nREST is good!\n")

    first, second = SectionGroups(documents_of(twice), threshold=1.0).of_document(twice.ref)

    assert first == second


def test_bare_headings_are_told_apart_by_what_they_say() -> None:
    bare = a_document("# One\n\n# Two\n\n# ONE\n")

    one, two, again = SectionGroups(documents_of(bare), threshold=0.8).of_document(bare.ref)

    assert one == again != two


def test_a_group_keeps_its_name_when_its_document_changes() -> None:
    longer = a_document("# Zero\n\nSomething new.\n\n" + HANDBOOK.words)

    after = SectionGroups(documents_of(longer), threshold=0.8).of_document(longer.ref)

    before = SectionGroups(documents_of(HANDBOOK), threshold=0.8).of_document(HANDBOOK.ref)
    assert after[1:] == before


def test_a_span_belongs_to_every_section_that_it_touches() -> None:
    first, second, third = HANDBOOK.sections
    names = groups().of_document(HANDBOOK.ref)

    assert groups().of_span(Cited(HANDBOOK.ref, 0, first.end)) == {names[0]}
    assert groups().of_span(Cited(HANDBOOK.ref, first.end - 1, second.start + 1)) == {*names[:2]}
    assert groups().of_span(Cited(HANDBOOK.ref, 3, third.end)) == {*names}


def test_conversations_that_open_alike_belong_together() -> None:
    opening = (("user", "I am tired."), ("assistant", "Tell me more about it."))
    short = item_of(a_conversation(*opening))
    more = (("user", "It is work."), ("assistant", "Then rest a little."))
    long = item_of(a_conversation(*opening, *more))
    other = item_of(an_example("I am well.", "Good to hear that."))

    assert groups().of_item(short) == groups().of_item(long)
    assert groups().of_item(short) != groups().of_item(other)
