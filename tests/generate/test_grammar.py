import pytest

from lorewright.generate.extractive.clauses import clause, inverted
from lorewright.generate.extractive.context import Context, surname
from lorewright.generate.extractive.gates import answer_fault, pair_fault, question_fault
from lorewright.generate.extractive.headings import HeadingKind, read_heading
from lorewright.generate.extractive.orders import order
from lorewright.generate.extractive.standing import leans_back
from lorewright.generate.extractive.tokens import Token, tokens
from lorewright.generate.extractive.verbs import gerund, infinitive
from lorewright.generate.extractive.vocabulary import Vocabulary


def read(text: str) -> tuple[Token, ...]:
    return tokens(text, 0, len(text))


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("The kiln cools slowly.", "does the kiln cool slowly"),
        ("Thin walls require two nights.", "do thin walls require two nights"),
        ("The potters carried water.", "did the potters carry water"),
        ("Raw glaze is a poison.", "is raw glaze a poison"),
        ("The windows should be kept open.", "should the windows be kept open"),
        ("People don't wash a brush.", "do people not wash a brush"),
    ],
)
def test_a_statement_turns_into_a_question(statement: str, question: str) -> None:
    found = clause(read(statement))
    assert found is not None

    turned = inverted(found, Context(statement, None, ""))

    assert turned is not None
    assert turned.replace("don't people", "do people not").replace("don't", "do not") == question


def test_subject_and_verb_that_do_not_agree_are_not_read() -> None:
    assert clause(read("The kilns cools slowly.")) is None


@pytest.mark.parametrize(
    ("sentence", "verb", "is_negative"),
    [
        ("Never lend a kiln to strangers.", "lend", True),
        ("Do not open the kiln early.", "open", True),
        ("You should always keep a dry shelf.", "keep", False),
        ("Keep a dry shelf near the door.", "Keep", False),
    ],
)
def test_an_order_has_a_verb_and_may_forbid(sentence: str, verb: str, is_negative: bool) -> None:  # noqa: FBT001
    found = order(read(sentence))

    assert found is not None
    assert found.verb.text == verb
    assert found.is_negative is is_negative


@pytest.mark.parametrize("sentence", ["Work is hard.", "The kiln cools.", "Neglect the warning."])
def test_what_orders_nothing_is_no_order(sentence: str) -> None:
    assert order(read(sentence)) is None


@pytest.mark.parametrize(
    ("base", "form"),
    [
        ("lend", "lending"),
        ("be", "being"),
        ("cut", "cutting"),
        ("open", "opening"),
        ("lie", "lying"),
        ("write", "writing"),
        ("begin", "beginning"),
        ("play", "playing"),
        ("see", "seeing"),
    ],
)
def test_the_ing_form_of_a_verb(base: str, form: str) -> None:
    assert gerund(base) == form


@pytest.mark.parametrize(
    ("word", "tag", "base"),
    [
        ("carries", "VBZ", "carry"),
        ("washes", "VBZ", "wash"),
        ("has", "VBZ", "have"),
        ("went", "VBD", "go"),
        ("stopped", "VBD", "stop"),
        ("required", "VBD", "require"),
    ],
)
def test_the_infinitive_of_a_verb(word: str, tag: str, base: str) -> None:
    assert infinitive(word, tag) == base


@pytest.mark.parametrize(
    "sentence",
    [
        "But clay shrinks.",
        "It cracks in the frost.",
        "They were sold at the fair.",
        "This is a common mistake.",
        "The former dries sooner.",
        "For example, a jug leaks.",
        "His kiln burnt down.",
        "The man said nothing.",
        "To recur to the first objection.",
    ],
)
def test_a_sentence_that_needs_the_one_before_leans_back(sentence: str) -> None:
    assert leans_back(read(sentence), "") is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "Clay shrinks as it dries.",
        "It is better to dry a jar slowly.",
        "There are three kinds of clay.",
        "If a pot leaks, seal it with wax.",
        "A potter must know his clay.",
        "Those who hurry break their pots.",
    ],
)
def test_a_sentence_that_brings_its_own_referents_stands_alone(sentence: str) -> None:
    assert leans_back(read(sentence), "") is None


def test_the_x_leans_back_when_an_x_was_introduced() -> None:
    assert leans_back(read("The jar leaked at once."), "I bought a jar at the fair. ") == "the jar"
    assert leans_back(read("The jar leaked at once."), "I went to the fair. ") is None


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Why should they be kept apart?", "dangling_question"),
        ("What does Ada Ode say about my old kiln?", "first_person"),
        ("Why?", "question_length"),
        ("What does Ada Ode say about the?", "question_ungrammatical"),
        ("What does Ada Ode say about clay; water?", "question_ungrammatical"),
    ],
)
def test_a_bad_question_is_turned_down_with_its_reason(question: str, reason: str) -> None:
    fault = question_fault(question, author="Ada Ode")

    assert fault is not None
    assert fault.reason == reason


def test_a_good_question_passes() -> None:
    assert question_fault("What should you do if a pot cracks while it dries?", author=None) is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Too short.", "too_short"),
        ("Clay shrinks by a tenth as it dries[4] in the sun.", "apparatus"),
        ("Clay shrinks by a tenth as it dries in the", "fragment"),
        ("He said “clay shrinks by a tenth as it dries.", "fragment"),
        ("word " * 31 + ".", "too_long"),
    ],
)
def test_a_bad_answer_is_turned_down_with_its_reason(answer: str, reason: str) -> None:
    fault = answer_fault(answer, least=6, most=30)

    assert fault is not None
    assert fault.reason == reason


def test_an_answer_that_only_repeats_the_question_gives_it_away() -> None:
    fault = pair_fault("Is patience good for a potter?", "Patience is good for a potter.", level=1)

    assert fault is not None
    assert fault.reason == "answer_given_away"


@pytest.mark.parametrize(
    ("heading", "kind", "within"),
    [
        ("III. TEAPOTS AND CUPS", HeadingKind.NOUN, "teapots and cups"),
        ("Avoid Debt", HeadingKind.RULE, "avoiding debt"),
        ("Never trust a damp shelf", HeadingKind.RULE, "not trusting a damp shelf"),
        ("Effect of frost on glaze", HeadingKind.LABEL, "effect of frost on glaze"),
        ("How a kiln cools", HeadingKind.MATTER, "how a kiln cools"),
        ("What is clay?", HeadingKind.QUESTION, "what is clay"),
    ],
)
def test_a_heading_names_a_thing_a_rule_or_a_matter(
    heading: str, kind: HeadingKind, within: str
) -> None:
    vocabulary = Vocabulary(
        "teapots and cups, debt, shelf, frost on glaze, a kiln, clay, effect of"
    )

    found = read_heading(heading, vocabulary)

    assert found is not None
    assert (found.kind, found.within) == (kind, within)


@pytest.mark.parametrize("heading", ["", "IV.", "Introduction", "1."])
def test_a_heading_that_names_nothing_is_not_read(heading: str) -> None:
    assert read_heading(heading, Vocabulary("")) is None


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Ada Ode", "Ode"),
        ("P. T. Ode", "Ode"),
        ("Ode Pottery Ltd", "Ode Pottery Ltd"),
        ("Ada Ode and Ben Ash", "Ada Ode and Ben Ash"),
        ("Plato", "Plato"),
    ],
)
def test_a_person_is_called_by_surname_and_others_in_full(author: str, name: str) -> None:
    assert surname(author) == name
