"""How long the next write is waited for."""

from kabar_index.opensearch_patience import MOST_S, Patience


def test_each_silence_gives_the_next_write_twice_the_time_up_to_a_limit() -> None:
    patience = Patience(least_s=8, write_s=8)
    given = []
    for _ in range(5):
        patience.note_silence(waited_s=patience.write_s)
        given.append(patience.write_s)
    assert given == [16, 32, MOST_S, MOST_S, MOST_S]
    assert patience.in_doubt


def test_several_writes_that_were_in_flight_together_count_once() -> None:
    patience = Patience(least_s=8, write_s=8)
    for _ in range(3):
        patience.note_silence(waited_s=8)
    assert patience.write_s == 16


def test_an_answer_ends_the_doubt_and_a_slow_node_keeps_the_time_that_it_needs() -> None:
    patience = Patience(least_s=8, write_s=32, in_doubt=True)
    patience.note_answer(took_s=7)
    assert (patience.write_s, patience.in_doubt) == (28, False)
    patience.note_answer(took_s=0.1)
    assert patience.write_s == 8


def test_a_longer_least_time_is_never_shortened() -> None:
    patience = Patience(least_s=120, write_s=120)
    patience.note_silence(waited_s=120)
    assert patience.write_s == 120
