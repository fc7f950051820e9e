import pytest

from lorewright.errors import MissingExtra
from lorewright.ingest.extra import library


def test_a_library_that_is_missing_is_named_with_the_way_to_get_it() -> None:
    with pytest.raises(MissingExtra, match="needs no_such_library") as missing:
        library("no_such_library", file_name="a.pdf")

    assert missing.value.where == "a.pdf"
    assert missing.value.hint == 'pip install "lorewright[formats]"'
