"""What mail programs add to a text, and what only looks like it."""

import quopri

import pytest
from kabar_enrich.anatomy.mail import without_mail_marks

TEXT = (
    "The council voted on Tuesday to keep the ferry — the last one on the river — for another ten years, at a cost of 5 € a passage.\n"
    "\n"
    "“We had expected less,” the captain said. Warga sudah lama menunggu keputusan itu.\n"
)


def test_quoted_printable_is_decoded() -> None:
    assert without_mail_marks(quopri.encodestring(TEXT.encode()).decode()) == TEXT


def test_quoted_printable_of_an_older_encoding_is_decoded() -> None:
    text = "=93We had expected less,=94 the captain said, and the whole town =\nagreed with him at once: far too =\nmuch.=20\n"
    assert (
        without_mail_marks(text) == "“We had expected less,” the captain said, and the whole town agreed with him at once: far too much. \n"
    )


@pytest.mark.parametrize("text", ["The formula E=MC2 is known, and so is F=A0.", "See example.org/?id=20&page=3D for more.", "x =\ny"])
def test_an_equals_sign_alone_is_no_escape(text: str) -> None:
    assert without_mail_marks(text) == text


@pytest.mark.parametrize("mark", ["> ", ">", ">> ", "> > "])
def test_quoting_marks_are_removed_from_a_quoted_text(mark: str) -> None:
    assert without_mail_marks("".join(f"{mark}{line}\n" for line in TEXT.splitlines())) == TEXT


def test_a_breadcrumb_keeps_its_marks() -> None:
    text = "Home\n> News\n> River\n\nOne\nTwo\nThree\nFour"
    assert without_mail_marks(text) == text


def test_of_header_lines_subject_and_date_stay() -> None:
    head = "From: desk@example.org\nTo: wire@example.org,\n\tme@example.org\nDate: Tue, 4 Mar 2025 10:30:00 +0000\nSubject: Ferry\n\n"
    date, subject, rest = without_mail_marks(head + TEXT).split("\n\n", maxsplit=2)
    assert (date, subject, rest) == ("Tue, 4 Mar 2025 10:30:00 +0000", "Ferry", TEXT.rstrip("\n"))


@pytest.mark.parametrize("text", ["From: the river to the sea\n\nThe council voted.", "Date: 4 March\nThe council voted.\n\nIt was late."])
def test_one_line_with_a_colon_is_no_header(text: str) -> None:
    assert without_mail_marks(text) == text


def test_a_signature_is_cut_off() -> None:
    assert without_mail_marks(f"{TEXT}-- \nHelen Marsh\nThe night desk\n") == TEXT


def test_two_dashes_between_parts_of_a_text_are_no_signature() -> None:
    text = TEXT + "--\n" + "And then the mayor spoke for a while.\n" * 20
    assert without_mail_marks(text) == text


def test_text_that_never_was_a_mail_stays_as_it_is() -> None:
    assert without_mail_marks(TEXT) == TEXT
