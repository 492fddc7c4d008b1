"""Which of two versions is the newer one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kabar_contracts import identity

ACCEPTED = datetime(2026, 3, 7, 2, 11, 3, 4_999, tzinfo=UTC)
ACCEPTED_MS = 1_772_849_463_004

# A busy machine is no failure.
unhurried = settings(deadline=None, max_examples=60)

revisions = st.integers(0, identity.LARGEST_REVISION)
moments = st.datetimes(timezones=st.just(UTC))
generations = st.integers(0, identity.GENERATIONS - 1)


@pytest.mark.parametrize(
    ("updated_at", "expected"),
    [
        (None, ACCEPTED_MS),
        (datetime(2026, 3, 7, 2, 5, tzinfo=UTC), 1_772_849_100_000),
        (datetime(2026, 3, 7, 12, 5, tzinfo=timezone(timedelta(hours=10))), 1_772_849_100_000),
        (ACCEPTED, ACCEPTED_MS),
        (ACCEPTED + timedelta(milliseconds=1), ACCEPTED_MS),
        (datetime(9999, 12, 31, tzinfo=UTC), ACCEPTED_MS),
        (datetime(1969, 12, 31, tzinfo=UTC), 0),
        (datetime(1, 1, 1, tzinfo=UTC), 0),
    ],
    ids=["none given", "earlier", "in another zone", "the same", "a clock ahead", "far ahead", "before 1970", "the first year"],
)
def test_a_revision_is_the_update_time_but_never_later_than_the_acceptance(updated_at: datetime | None, expected: int) -> None:
    assert identity.revision(updated_at=updated_at, accepted_at=ACCEPTED) == expected


@unhurried
@given(moments, moments.filter(lambda moment: moment.year >= 1970))
def test_every_revision_fits_a_message(updated_at: datetime, accepted_at: datetime) -> None:
    revision = identity.revision(updated_at=updated_at, accepted_at=accepted_at)

    assert 0 <= revision <= identity.milliseconds(accepted_at) <= identity.LARGEST_REVISION


@unhurried
@given(revisions, generations, revisions, generations)
def test_a_newer_revision_always_wins_and_then_a_newer_enricher(one: int, by: int, other: int, other_by: int) -> None:
    first = identity.document_version(revision=one, generation=by)
    second = identity.document_version(revision=other, generation=other_by)

    assert (first > second) == ((one, by) > (other, other_by))


def test_the_largest_version_fits_a_signed_number_of_64_bits() -> None:
    assert identity.document_version(revision=identity.LARGEST_REVISION, generation=identity.GENERATIONS - 1) < 2**63


@pytest.mark.parametrize(("revision", "generation"), [(-1, 0), (identity.LARGEST_REVISION + 1, 0), (0, -1), (0, identity.GENERATIONS)])
def test_a_version_out_of_range_is_refused(revision: int, generation: int) -> None:
    with pytest.raises(ValueError, match="no document version"):
        identity.document_version(revision=revision, generation=generation)


def test_a_revision_in_the_archive_is_named_after_article_and_revision() -> None:
    assert identity.revision_id(article_id="ab", revision=7) == "ab.7"


addresses = st.from_regex(
    r"https?://(www\.)?[a-v]{1,8}\.example(:[0-9]{1,4})?(/[a-zA-Z0-9%.é~;]{0,6}){0,4}(\?[a-z=&%0-9_]{0,12})?", fullmatch=True
)


@unhurried
@given(addresses)
def test_the_normal_form_of_a_normal_form_is_itself(url: str) -> None:
    once = identity.normalized_url(url)

    assert identity.normalized_url(f"x://{once}") == once


@unhurried
@given(addresses, st.sampled_from(["#a", "&utm_source=x", "&fbclid=1&gclid=2"]))
def test_fragment_and_tracking_do_not_make_another_article(url: str, tail: str) -> None:
    separated = url if "?" in url or tail.startswith("#") else f"{url}?"

    assert identity.normalized_url(separated + tail) == identity.normalized_url(url)


words = st.text("abcXYZ019._~=&+-/?", max_size=12)


@unhurried
@given(host=st.text("abz0-.", min_size=1, max_size=12), tail=words, query=st.sampled_from(["", "?utm_source=a&b=1", "?b&&c=", "?fbclid=x"]))
def test_a_plain_address_is_read_as_any_other(host: str, tail: str, query: str) -> None:
    """Most addresses are read by one expression; with a scheme in capitals each of them goes the long way."""
    address = f"{host}/{tail}{query}"

    assert _normalized(f"https://{address}") == _normalized(f"HTTPS://{address}")


def _normalized(url: str) -> str | None:
    try:
        return identity.normalized_url(url)
    except ValueError:
        return None
