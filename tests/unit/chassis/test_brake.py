"""When the brake holds, and when it lets go."""

from kabar_chassis.delivery.brake import Brake


def test_fifty_failures_in_a_row_pull_it() -> None:
    brake = Brake()
    assert [brake.lets_go() for _ in range(60)] == [True] * 49 + [False] * 11


def test_more_than_half_of_the_last_hundred_pull_it() -> None:
    brake = Brake()
    answers = []
    for _ in range(200):
        brake.note_success()
        answers += [brake.lets_go(), brake.lets_go()]
    assert answers[:50].count(False) == 0
    assert answers[-200:].count(False) == 100


def test_as_many_failures_as_successes_do_not_pull_it() -> None:
    brake = Brake()
    for _ in range(500):
        brake.note_success()
        assert brake.lets_go()


def test_it_lets_go_again_when_enough_succeeds() -> None:
    brake = Brake()
    while brake.lets_go():
        pass
    for _ in range(51):
        brake.note_success()
    assert brake.lets_go()


def test_it_can_be_switched_off() -> None:
    brake = Brake(enabled=False)
    assert all(brake.lets_go() for _ in range(1_000))
