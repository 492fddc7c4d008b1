"""The same seed is the same load and the same faults; and they hold what a run must have."""

import json
from collections import Counter

import pytest
from load import Kind, Load, Step, dealt, planned
from public_contract import article_id
from schedule import LINKS, SERVERS, SERVICES, SIGNALS, Blow, scheduled

CLAIM_S = 2.5


def faults(seed: int = 7, *, count: int = 150) -> list[object]:
    return list(scheduled(seed, faults=count, claim_s=CLAIM_S, can_fill_disk=True))


def test_one_seed_is_one_load() -> None:
    assert planned(7, articles=200) == planned(7, articles=200)
    assert planned(7, articles=200) != planned(8, articles=200)


def test_one_seed_is_one_schedule() -> None:
    assert faults() == faults()
    assert faults() != faults(8)


def test_a_load_has_the_articles_that_were_asked_for_and_every_kind_of_step() -> None:
    kinds = Counter(step.kind for parcel in planned(7, articles=1_000) for step in parcel.steps)
    assert 1_000 <= kinds[Kind.NEW] + kinds[Kind.PAGE] < 1_020
    assert set(kinds) == set(Kind)


def test_every_step_is_dealt_to_exactly_one_producer() -> None:
    parcels = planned(7, articles=300)
    numbers = [step.number for mine in dealt(parcels, producers=8) for parcel in mine for step in parcel.steps]
    assert sorted(numbers) == list(range(len(numbers)))


def test_revisions_of_one_article_go_through_several_producers() -> None:
    producers: dict[int, set[int]] = {}
    for producer, mine in enumerate(dealt(planned(7, articles=500), producers=8)):
        for parcel in mine:
            for step in parcel.steps:
                producers.setdefault(step.article, set()).add(producer)
    assert sum(len(numbers) > 1 for numbers in producers.values()) > 100


def test_a_repeat_has_the_same_bytes_and_a_correction_has_others() -> None:
    load = Load(7)
    new, repeat, correction = Step(1, Kind.NEW, 5, 0), Step(2, Kind.REPEAT, 5, 0), Step(3, Kind.CORRECTION, 5, 1)
    assert load.json_object(new) == load.json_object(repeat)
    assert load.json_object(new) != load.json_object(correction)
    assert load.revision(new) == load.revision(repeat)
    assert (load.revision(correction) or 0) > (load.revision(new) or 0)


def test_the_time_in_the_article_is_its_revision() -> None:
    step = Step(3, Kind.CORRECTION, 4_321, 12)
    told = json.loads(Load(7).json_object(step))["updated_at"]
    assert told == "2024-01-04T00:01:00.012000+00:00"
    assert Load(7).revision(step) == 1_704_326_460_012


def test_the_id_is_the_one_that_the_contract_gives() -> None:
    assert article_id("warta.example", "88213") == "685678b19eb2464f3fd7cac0725c1a7a"


def test_every_process_and_every_link_is_hit_in_every_way() -> None:
    blows = {(part.blow, part.target) for fault in scheduled(7, faults=150, claim_s=CLAIM_S, can_fill_disk=True) for part in fault.parts}
    assert {(blow, target) for blow in SIGNALS for target in (*SERVICES, *SERVERS)} <= blows
    assert {target for _, target in blows} == {*SERVICES, *SERVERS, *LINKS}
    assert {blow for blow, _ in blows} == set(Blow)


def test_twenty_five_faults_have_every_class_and_several_at_once() -> None:
    run = scheduled(7, faults=25, claim_s=CLAIM_S, can_fill_disk=True)
    blows = {part.blow for fault in run for part in fault.parts}
    assert {Blow.KILL, Blow.TERM, Blow.STOP, Blow.FULL, Blow.READ_ONLY, Blow.DISK_FULL} <= blows
    assert sum(len(fault.parts) > 1 for fault in run) >= 2


@pytest.mark.parametrize("seed", range(20))
def test_what_is_frozen_is_frozen_longer_than_a_claim_takes(seed: int) -> None:
    for fault in scheduled(seed, faults=40, claim_s=CLAIM_S, can_fill_disk=True):
        if any(part.blow is Blow.STOP for part in fault.parts):
            assert fault.duration_s > CLAIM_S


def test_without_a_small_disk_none_is_filled() -> None:
    run = scheduled(7, faults=150, claim_s=CLAIM_S, can_fill_disk=False)
    assert Blow.DISK_FULL not in {part.blow for fault in run for part in fault.parts}
