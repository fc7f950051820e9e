"""Prompts that came along, own ones in their place, and what is wrong with those."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import TemplateError

from lorewright.errors import BadSettings, NotFound, UsageError
from lorewright.flows.prompting import override, template, templates, unknown_files
from lorewright.llms import bundled_prompt, bundled_prompts, facts_of, load_prompt, prompts, render
from lorewright.store import Workspace

NAME = "rehearse/questions"
TEXT = """A comment with {{ braces }}.

# System
You ask.

# Material
{{ words | fenced }}

# Task
{% for one in wanted %}{{ one.name }} {% endfor %}about {{ title }}.
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with one room that has two prompts."""
    root = tmp_path / "package"
    folder = root / "rehearse" / "prompts"
    folder.mkdir(parents=True)
    (root / "silent").mkdir()
    (folder / "questions.md").write_text(TEXT, encoding="utf-8")
    (folder / "answers.md").write_text("# Task\nAnswer.\n", encoding="utf-8")
    (folder / "notes.txt").write_text("no prompt", encoding="utf-8")

    def there(name: str) -> Path:
        return root.joinpath(*name.split(".")[1:])

    monkeypatch.setattr(prompts, "files", there)
    bundled_prompt.cache_clear()
    yield folder
    bundled_prompt.cache_clear()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def own(workspace: Workspace, text: str, name: str = NAME) -> Path:
    file = workspace.folder / "prompts" / f"{name}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_every_prompt_that_came_along_is_a_template_with_a_task() -> None:
    for one in bundled_prompts():
        assert "# Task" in one.text, one.name
        assert facts_of(one) is not None


@pytest.mark.usefixtures("package")
def test_prompts_are_found_in_every_room(workspace: Workspace) -> None:
    found = list(templates(workspace))

    assert [one.prompt.name for one in found] == ["rehearse/answers", NAME]
    assert [one.facts for one in found] == [[], ["title", "wanted", "words"]]
    assert not any(one.prompt.overridden or one.is_behind or one.difference for one in found)


@pytest.mark.usefixtures("package")
def test_an_own_prompt_begins_as_a_copy_and_is_used(workspace: Workspace) -> None:
    file = override(workspace, NAME)

    one = template(workspace, NAME)
    assert file.read_text(encoding="utf-8").endswith(TEXT)
    assert one.prompt.overridden
    assert one.difference == []
    said = render(one.prompt, words="x", wanted=[], title="pumps").messages[-1].text
    assert said == "about pumps."
    assert one.prompt.ref != one.bundled.ref


@pytest.mark.usefixtures("package")
def test_what_was_changed_is_shown_without_the_note_on_top(workspace: Workspace) -> None:
    file = override(workspace, NAME)
    file.write_text(file.read_text(encoding="utf-8").replace("You ask.", "You asked."), "utf-8")

    lines = template(workspace, NAME).difference

    assert [line for line in lines if line[:1] in "+-"][2:] == ["-You ask.", "+You asked."]


def test_an_own_prompt_knows_when_the_other_one_has_changed(
    package: Path, workspace: Workspace
) -> None:
    override(workspace, NAME)
    (package / "questions.md").write_text(TEXT + "Be brief.\n", encoding="utf-8")
    bundled_prompt.cache_clear()

    one = template(workspace, NAME)

    assert one.is_behind
    assert "-Be brief." in one.difference


@pytest.mark.usefixtures("package")
def test_an_own_prompt_is_never_written_over(workspace: Workspace) -> None:
    file = override(workspace, NAME)
    file.write_text("# Task\nMine.\n", encoding="utf-8")

    with pytest.raises(UsageError, match="own prompt already"):
        override(workspace, NAME)
    assert file.read_text(encoding="utf-8") == "# Task\nMine.\n"
    assert not template(workspace, NAME).is_behind


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# System\nOnly this.\n", "no part `# Task`"),
        ("# Task\n{{ author }} and {{ editor }}", "asks for author, editor, which nobody knows"),
        ("# Task\n{% if title %}{{ author }}{% endif %}", "asks for author"),
        ("# Task\n{{ title", "is no template"),
        ("# Task\n{{ title | nosuchfilter }}", "is no template"),
        ("", "cannot be read"),
    ],
)
def test_an_own_prompt_that_cannot_work_is_refused_before_it_is_used(
    workspace: Workspace, text: str, said: str
) -> None:
    file = own(workspace, text)

    with pytest.raises(BadSettings, match=said) as caught:
        load_prompt(NAME, workspace.folder / "prompts")
    assert caught.value.where == str(file)


@pytest.mark.usefixtures("package")
def test_an_own_prompt_may_use_fewer_facts_and_names_of_its_own(workspace: Workspace) -> None:
    own(workspace, "# Task\n{% set short = title[:3] %}{{ short }}")

    assert render(template(workspace, NAME).prompt, title="pumps").messages[0].text == "pum"


@pytest.mark.usefixtures("package")
def test_words_that_are_no_text_are_refused(workspace: Workspace) -> None:
    own(workspace, "").write_bytes(b"# Task\n\xff")

    with pytest.raises(BadSettings, match="cannot be read"):
        template(workspace, NAME)


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rehearse/question", "did you mean rehearse/questions?"),
        ("questions", "did you mean rehearse/questions?"),
        ("zebra", "lorewright prompts list"),
        ("rehearse/../rehearse/questions", "rehearse/questions"),
        ("/etc/passwd", "lorewright prompts list"),
        ("rehearse/", "rehearse/answers"),
    ],
)
def test_a_name_for_nothing_is_not_found(workspace: Workspace, name: str, hint: str) -> None:
    with pytest.raises(NotFound) as caught:
        override(workspace, name)

    assert hint in (caught.value.hint or "")
    assert not workspace.folder.exists()


@pytest.mark.usefixtures("package")
def test_files_that_stand_in_for_nothing_are_told(workspace: Workspace) -> None:
    override(workspace, NAME)
    stray = own(workspace, "# Task\n", "rehearse/qestions")

    assert unknown_files(workspace) == [stray]
    shutil.rmtree(workspace.folder)
    assert unknown_files(workspace) == []


def test_what_is_no_template_has_no_facts() -> None:
    from lorewright.records import Prompt

    with pytest.raises(TemplateError):
        facts_of(Prompt(name="a/b", text="# Task\n{{"))
