"""The tables of a proof."""

from dataclasses import replace

from lorewright.pictures.proof_tables import metrics_table, order_table, ranking_table, tables
from pictures.proofs import a_proof_page, an_empty_proof_page


def test_every_row_of_a_table_has_all_its_columns() -> None:
    found = dict(tables(a_proof_page()))

    assert len(found) == 14
    for heading, table in found.items():
        assert {len(row) for row in table.rows} == {len(table.columns)}, heading


def test_what_has_no_row_has_no_table() -> None:
    assert dict(tables(an_empty_proof_page())) == {}


def test_the_share_that_flipped_stands_beside_its_count() -> None:
    (row,) = order_table(a_proof_page()).rows

    assert row == ("lorewright:judge", "100", "16 (16 %)", "10 to 25 %", "11", "5", "0.21")


def test_a_metric_without_a_value_or_a_score_is_no_zero() -> None:
    page = a_proof_page()
    first = replace(page.metrics[0], values=(None, 1.5, 0.0, 2.0), scores=(None, None, 0.0, 0.25))

    (row,) = metrics_table(replace(page, metrics=(first,))).rows

    assert row == (
        "A1 emotion words, different ones",
        "\N{EN DASH}",
        "1.50",
        "0.00 (0.00)",
        "2.00 (0.25)",
    )


def test_an_arm_without_a_strength_still_has_its_duels() -> None:
    first, second = ranking_table(a_proof_page()).rows

    assert first == ("tuned", "61", "12", "27", "0.41", "0.20 to 0.63")
    assert second == ("base", "27", "12", "61", *("\N{EN DASH}",) * 2)
