import pytest

from lorewright import ingest
from lorewright.errors import Unreadable
from lorewright.ingest import Reading
from made_files import an_archive, an_epub, epub_parts

CHAPTERS = {
    "two.xhtml": "<h1>Valves</h1><p>Close it.</p>",
    "one.xhtml": "<h1>Pumps</h1><p>Open&#160;it.</p>",
}


def read(raw: bytes) -> Reading:
    return ingest.read(raw, file_name="a.epub")


def test_chapters_stand_in_the_order_of_reading() -> None:
    reading = read(an_epub(CHAPTERS, order=["one.xhtml", "two.xhtml"]))

    assert reading.text.split() == ["#", "Pumps", "Open", "it.", "#", "Valves", "Close", "it."]
    assert reading.title == "Pumps"


def test_the_package_says_who_wrote_it_when_and_under_which_licence() -> None:
    facts = (
        "<dc:title>Care of Pumps</dc:title><dc:creator>Ada Byron</dc:creator>"
        "<dc:creator>Ben Ali</dc:creator><dc:date>2020-01</dc:date>"
        "<dc:language>de-AT</dc:language><dc:rights>CC BY 4.0</dc:rights>"
    )

    reading = read(an_epub(facts=facts))

    assert (reading.title, reading.author) == ("Care of Pumps", "Ada Byron, Ben Ali")
    assert (reading.date, reading.language, reading.licence) == ("2020-01", "de", "CC BY 4.0")


def test_a_chapter_in_a_folder_with_a_space_in_its_name_is_found() -> None:
    parts = epub_parts(order=["text/chapter%20one.xhtml#start"])
    parts["OEBPS/text/chapter one.xhtml"] = "<html><body><p>Words.</p></body></html>"

    assert read(an_archive(parts)).text == "Words.\n"


def test_missing_chapters_are_counted_and_named() -> None:
    with pytest.raises(Unreadable, match=r"2 of the 3 chapters are missing .*'three.xhtml'"):
        read(an_epub(CHAPTERS, order=["one.xhtml", "three.xhtml", "four.xhtml"]))


@pytest.mark.parametrize(
    "address",
    ["../../etc/passwd", "/etc/passwd", "..%2f..%2fsecret", "file:///etc/passwd", "..\\..\\secret"],
)
def test_an_address_that_leads_outside_is_refused(address: str) -> None:
    with pytest.raises(Unreadable, match="lies outside"):
        read(an_epub(CHAPTERS, order=[address]))


def test_a_list_of_chapters_that_lies_outside_is_refused() -> None:
    parts = epub_parts()
    container = str(parts["META-INF/container.xml"])
    parts["META-INF/container.xml"] = container.replace("OEBPS/book.opf", "../../book.opf")

    with pytest.raises(Unreadable, match="lies outside"):
        read(an_archive(parts))


def locked(algorithm: str, part: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
        'xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
        f'<e:EncryptionMethod Algorithm="{algorithm}"/><e:CipherData>'
        f'<e:CipherReference URI="{part}"/></e:CipherData></e:EncryptedData></encryption>'
    )


def test_a_locked_book_is_refused_and_masked_fonts_do_not_matter() -> None:
    aes = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
    book = {**epub_parts(), "META-INF/encryption.xml": locked(aes, "OEBPS/one.xhtml")}
    fonts = {**epub_parts(), "META-INF/encryption.xml": locked(aes, "OEBPS/a.otf")}

    with pytest.raises(Unreadable, match="DRM"):
        read(an_archive(book))
    assert read(an_archive(fonts)).text == "# Pumps\n\nCheck the oil once a week.\n"


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("OEBPS/book.opf", "lists no chapters|does not say"),
        ("META-INF/container.xml", "does not say where"),
    ],
)
def test_a_package_that_says_nothing_is_refused(part: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(an_archive({**epub_parts(), part: "<nothing/>"}))


def test_a_book_of_pictures_says_that_it_holds_no_words() -> None:
    with pytest.raises(Unreadable, match="no words"):
        read(an_epub({"one.xhtml": "<img src='a.png'/>"}))
