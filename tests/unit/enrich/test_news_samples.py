"""Articles of our own words in the shape of sixteen news sites: each must be read without a fault in any field."""

import pytest
from samples import Sample, enriched, samples
from score_samples import faults_of


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_sample_of_a_news_site_is_read_without_a_fault(sample: Sample) -> None:
    faults = {field: fault for field, fault in faults_of(sample, enriched(sample)).items() if fault}

    assert faults == {}


def test_there_are_sixteen_samples() -> None:
    assert len(samples()) == 16


def test_a_sample_with_another_author_than_expected_has_a_fault_there_alone() -> None:
    sample = samples()[0]
    changed = Sample(sample.name, sample.file, {**sample.expected, "authors": ["Somebody Else"]})

    faults = {field for field, fault in faults_of(changed, enriched(changed)).items() if fault}

    assert faults == {"authors"}
