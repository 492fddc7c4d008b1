from importlib import resources

from kabar_enrich.anatomy import calendar_table


def test_the_table_is_what_its_sources_say_today() -> None:
    shipped = resources.files("kabar_enrich.anatomy").joinpath(calendar_table.FILE).read_text("utf-8")

    assert shipped == calendar_table.as_text(calendar_table.calendar_table()), "run python -m kabar_enrich.anatomy.calendar_table"


def test_every_language_has_all_months_or_counts_them() -> None:
    for language, words in calendar_table.shipped()["languages"].items():
        assert set(words["months"].values()) in ({*range(1, 13)}, set()), language
