import pytest
from kabar_enrich.anatomy.sentences import sentences_of


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Kapal tiba. Warga bersorak!", ["Kapal tiba.", "Warga bersorak!"]),
        ("Prof. Dr. Siti Rahma datang. Ia di Jl. Mawar No. 5.", ["Prof. Dr. Siti Rahma datang.", "Ia di Jl. Mawar No. 5."]),
        ("Mr. J. Doe paid $4.50 on Jan. 5. He left.", ["Mr. J. Doe paid $4.50 on Jan. 5.", "He left."]),
        ("He asked “Why?” and left. “Now.” It rained.", ["He asked “Why?” and left.", "“Now.”", "It rained."]),
        ("桥已开放。村民高兴！", ["桥已开放。", "村民高兴！"]),  # noqa: RUF001  # Chinese marks
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences
