import pytest

from lorewright import ingest
from lorewright.ingest.docx_runs import joined
from made_files import a_docx

BOLD = "<w:rPr><w:b/></w:rPr>"


def run(words: str, look: str = "", *, kept: bool = True, marks: str = "") -> str:
    space = ' xml:space="preserve"' if kept else ""
    return f"<w:r{marks}>{look}<w:t{space}>{words}</w:t></w:r>"


def after(*runs: str) -> str:
    return joined("".join(runs).encode()).decode()


def test_touching_runs_of_one_formatting_become_one() -> None:
    assert after(run("Check "), run("the"), run(" oil.")) == run("Check the oil.")
    assert after(run("Check ", BOLD), run("it", BOLD)) == run("Check it", BOLD)
    assert after(run("Check ", marks=' w:rsidR="00A1"'), run("it")) == run("Check it")
    assert after(run("Ch", kept=False), run("eck", kept=False)) == run("Check")


@pytest.mark.parametrize(
    "apart",
    [
        run("Check ") + run("it", BOLD),
        run("Check ") + "<w:br/>" + run("it"),
        run("Check ") + "</w:p><w:p>" + run("it"),
        run("Check ") + "<w:r><w:br/></w:r>" + run("it"),
        run("Check ") + " " + run("it"),
        run("Check ") + run(" it ", kept=False),
        run("Check ") + "<w:r><w:delText>not</w:delText></w:r>" + run("it"),
        run("Check ") + "<w:r><w:t>a</w:t><w:t>b</w:t></w:r>",
        "<w:r><w:rPr><w:b/>" + run("it"),
    ],
)
def test_what_does_not_touch_or_look_alike_stays(apart: str) -> None:
    assert after(apart) == apart


def test_a_document_in_pieces_reads_as_a_whole_one() -> None:
    words = [" mulch", " keeps", " the", " soil &amp; roots", " moist."]
    pieces = run("In summer") + "".join(map(run, words)) + run(" Always.", BOLD)
    whole = run("In summer" + "".join(words)) + run(" Always.", BOLD)

    texts = [
        ingest.read(a_docx(f"<w:p>{body}</w:p>"), file_name="a.docx").text
        for body in (pieces, whole)
    ]

    assert texts[0] == texts[1]
    assert "In summer mulch keeps the soil & roots moist." in texts[0]
