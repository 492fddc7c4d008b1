"""What a disclosure is called in other vocabularies: a test for each row of the table."""

import hashlib
from itertools import product
from typing import Any, get_args

import assertions
import pytest
from kabar_contracts.disclosure import vocabulary
from kabar_contracts.disclosure.assertion import Assertion, HumanReview
from kabar_contracts.disclosure.mapping import DATA_DRIVEN, DIGITAL_CAPTURE, DIGITAL_CREATION, MAPPING_VERSION, Mapped, map_assertions

TAM = "trainedAlgorithmicMedia"
CTAM = "compositeWithTrainedAlgorithmicMedia"
CS = "compositeSynthetic"


def asserted(activity: str, object_: str = "article_text", *, review: str = "not_stated", **meaning: Any) -> Assertion:
    claimed = meaning.pop("responsibility", None) is not None
    human_review = HumanReview.model_validate({"claim": review, "editorial_responsibility_claimed": claimed})
    return assertions.asserted(activity, object_, human_review=human_review, **meaning)


def codes(mapped: Mapped) -> list[str]:
    return [uri.rsplit("/", 1)[-1] for uri in mapped.iptc_digital_source_type]


BOTH = ["ai-assisted", "ai-autonomous"]


@pytest.mark.parametrize(
    ("assertion", "iptc", "aicdh", "w3c", "category", "fit"),
    [
        (asserted("generated", review="explicitly_none"), [TAM], ["machine-generated"], ["ai-autonomous"], "4_text_generated", "exact"),
        (
            asserted("generated"),
            [TAM],
            ["ai-originated", "machine-generated"],
            BOTH,
            "4_text_generated_review_unknown",
            "candidates",
        ),
        (
            asserted("generated", review="human_edited", responsibility="claimed"),
            [TAM],
            ["ai-originated"],
            ["ai-assisted"],
            "4_text_exemption_claimed",
            "exact",
        ),
        (
            asserted("drafted", review="human_validated"),
            [TAM],
            ["ai-originated"],
            ["ai-assisted"],
            "4_text_generated_review_unknown",
            "exact",
        ),
        (
            asserted("drafted", review="supervised_unspecified"),
            [TAM],
            ["ai-originated", "machine-generated"],
            BOTH,
            "4_text_generated_review_unknown",
            "candidates",
        ),
        (asserted("assisted_unspecified"), [TAM, CTAM], ["ai-modified", "ai-originated"], BOTH, "4_text_undetermined", "candidates"),
        (asserted("translated"), [CTAM], ["ai-modified"], BOTH, "4_text_manipulated", "candidates"),
        (asserted("translated", review="human_edited"), [CTAM], ["ai-modified"], ["ai-assisted"], "4_text_manipulated", "exact"),
        (asserted("summarised", "summary_box"), [TAM, CS], ["ai-modified"], BOTH, "4_text_component", "candidates"),
        (asserted("edited_improved"), [CTAM], ["ai-modified"], BOTH, "4_text_manipulated", "candidates"),
        (asserted("illustrated", "image"), [TAM, CTAM], [], [], "2_media", "candidates"),
        (asserted("voiced", "audio"), [TAM], [], [], "2_media", "exact"),
        (asserted("video_avatar", "video"), [TAM, CS], [], [], "4_deepfake_candidate", "candidates"),
        *((asserted(activity), [], [], [], "process_only", "none") for activity in ("transcribed", "researched", "data_analysed")),
        *((asserted(activity), [], [], [], "process_only", "none") for activity in ("fact_checked", "metadata_tagged")),
        (asserted("automated_nonai"), [DATA_DRIVEN], [], [], "none", "exact"),
        (asserted("none", polarity="denied"), [DIGITAL_CREATION], ["none"], ["human-only"], "none_claimed", "exact"),
        (asserted("none", "image", polarity="denied"), [DIGITAL_CAPTURE, DIGITAL_CREATION], [], [], "none_claimed", "candidates"),
    ],
)
def test_each_row_of_the_table_maps_as_it_says(
    assertion: Assertion, iptc: list[str], aicdh: list[str], w3c: list[str], category: str, fit: str
) -> None:
    mapped = map_assertions([assertion])

    assert codes(mapped) == iptc
    assert [*mapped.aicdh_modes] == aicdh
    assert [*mapped.w3c_ai_disclosure] == w3c
    assert (mapped.eu_art50_category, mapped.fit) == (category, fit)


def test_nothing_found_maps_to_nothing() -> None:
    assert map_assertions([]).model_dump() == {
        "iptc_digital_source_type": (),
        "schema_org": (),
        "aicdh_modes": (),
        "w3c_ai_disclosure": (),
        "c2pa_human_oversight": (),
        "eu_art50_category": None,
        "fit": "none",
    }


def test_schema_org_has_a_member_or_the_iptc_uri_stands_in_its_place() -> None:
    assert map_assertions([asserted("voiced", "audio")]).schema_org == ("https://schema.org/TrainedAlgorithmicMediaDigitalSource",)
    denial = map_assertions([asserted("none", polarity="denied")])
    assert denial.schema_org == ("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",)


def test_human_oversight_is_only_what_the_article_claims() -> None:
    assert map_assertions([asserted("generated")]).c2pa_human_oversight == ()
    assert map_assertions([asserted("generated", review="human_validated")]).c2pa_human_oversight == ("human_validated",)
    assert map_assertions([asserted("generated", review="explicitly_none")]).c2pa_human_oversight == ("fully_autonomous",)


def test_denying_one_activity_leaves_the_others_open() -> None:
    mapped = map_assertions([asserted("generated", polarity="denied")])

    assert (mapped.w3c_ai_disclosure, mapped.fit) == (("human-only", "ai-assisted"), "candidates")


def test_an_admission_silences_a_denial_of_the_same_thing() -> None:
    mapped = map_assertions([asserted("edited_improved"), asserted("none", polarity="denied", channel="html_meta")])

    assert codes(mapped) == [CTAM]
    assert "human-only" not in mapped.w3c_ai_disclosure


def test_the_text_leads_over_the_picture() -> None:
    mapped = map_assertions([asserted("illustrated", "image"), asserted("generated")])

    assert mapped.eu_art50_category == "4_text_generated_review_unknown"
    assert codes(mapped) == [TAM, CTAM]


def test_a_hedge_makes_candidates_of_exact_terms() -> None:
    assert map_assertions([asserted("voiced", "audio", modality="hedged")]).fit == "candidates"


def test_what_is_said_of_other_articles_is_not_mapped() -> None:
    assert map_assertions([asserted("generated", scope_level="quoted")]).fit == "none"


def test_a_mapping_that_changes_has_a_new_version() -> None:
    digest = hashlib.sha256()
    polarities, modalities = get_args(vocabulary.Polarity), ("certain", "hedged")
    activities, objects, claims = get_args(vocabulary.Activity), get_args(vocabulary.Object), get_args(vocabulary.ReviewClaim)
    for activity, about, review, polarity, modality in product(activities, objects, claims, polarities, modalities):
        said = asserted(activity, about, review=review, polarity=polarity, modality=modality, responsibility="claimed")
        digest.update(map_assertions([said]).model_dump_json().encode())

    # When this fails, the index holds mappings that this release would not make: raise MAPPING_VERSION, put the new digest beside it,
    # and tell operators in the CHANGELOG to run `kabar disclosure remap`.
    assert {MAPPING_VERSION: digest.hexdigest()[:16]} == {1: "a71857daf95235db"}
