"""The map in the package docstring, the folders and the import contracts tell one story."""

from architecture.house import (
    PACKAGE,
    contract,
    lines_of_the_map,
    rooms_on_the_map,
    rooms_with_a_place_only,
    verbs,
)


def rooms_on_disk() -> set[str]:
    entries = (path for path in PACKAGE.iterdir() if not path.name.startswith((".", "_")))
    return {path.stem for path in entries if path.is_dir() or path.suffix == ".py"}


def full_names(rooms: list[str]) -> set[str]:
    return {f"lorewright.{room}" for room in rooms}


def test_the_map_is_the_contract() -> None:
    assert lines_of_the_map() == contract("layers", "Records below")["layers"]


def test_every_room_on_the_map_stands_and_every_standing_room_is_on_the_map() -> None:
    assert set(rooms_on_the_map()) == rooms_on_disk()


def test_a_room_in_brackets_has_a_place_and_nothing_in_it() -> None:
    assert rooms_with_a_place_only()
    assert not rooms_on_disk() & set(rooms_with_a_place_only())


def test_the_shell_may_name_none_of_the_verbs() -> None:
    shell = contract("forbidden", "The shell knows no verb")

    assert set(shell["forbidden_modules"]) == full_names(verbs())


def test_every_room_but_the_store_is_kept_from_speaking_sql() -> None:
    sql = contract("forbidden", "Only the store speaks SQL")

    assert set(sql["source_modules"]) == full_names(rooms_on_the_map()) - {"lorewright.store"}
