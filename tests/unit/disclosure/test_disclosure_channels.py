"""Every channel but the text: what is read from it, as golden files, and what is made of what nobody should have sent.

Each file of `golden/` holds inputs of one channel and what is to be read from them: `[activity, polarity, modality, object, counts]`.
"""

import base64
import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from kabar_contracts.disclosure.assertion import Assertion
from kabar_contracts.raw import ProducerDisclosure
from kabar_enrich.disclosure.c2pa import read_manifests, read_text_wrapper
from kabar_enrich.disclosure.declared import read_producer_fields
from kabar_enrich.disclosure.header import read_header
from kabar_enrich.disclosure.markup import read_tree
from kabar_enrich.disclosure.policies import policies_of
from kabar_enrich.markup.tree import tree_of

GOLDEN = Path(__file__).parent / "golden"
TAM = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def cases(channel: str) -> list[Any]:
    return [
        pytest.param(case["input"], case["read"], id=case["name"]) for case in json.loads((GOLDEN / f"{channel}.json").read_text("utf-8"))
    ]


def said(assertions: Any) -> list[list[Any]]:
    for one in assertions:
        one.check_against("")
    return [[one.activity, one.polarity, one.modality, one.object, one.counts] for one in assertions]


@pytest.mark.parametrize(("value", "read"), cases("http_header"))
def test_the_header_is_read(value: str, read: list[Any]) -> None:
    assert said(read_header({"ai-disclosure": value})) == read


@pytest.mark.parametrize(("html", "read"), cases("html_meta"))
def test_meta_elements_are_read(html: str, read: list[Any]) -> None:
    assert said(read_tree(tree_of(html))["html_meta"]) == read


@pytest.mark.parametrize(("html", "read"), cases("html_attr"))
def test_attributes_are_read(html: str, read: list[Any]) -> None:
    assert said(read_tree(tree_of(html))["html_attr"]) == read


@pytest.mark.parametrize(("node", "read"), cases("json_ld"))
def test_json_ld_is_read(node: Any, read: list[Any]) -> None:
    html = f'<script type="application/ld+json">{json.dumps(node)}</script>'

    assert said(read_tree(tree_of(html))["json_ld"]) == read


@pytest.mark.parametrize(("fields", "read"), cases("producer_field"))
def test_a_producer_s_fields_are_read(fields: dict[str, Any], read: list[Any]) -> None:
    assert said(read_producer_fields([ProducerDisclosure(name=name, value=value) for name, value in fields.items()])) == read


@pytest.mark.parametrize(("html", "read"), cases("policy_refs"))
def test_links_to_policies_are_kept(html: str, read: list[str]) -> None:
    assert [reference.url for reference in policies_of(html, page_url="https://kabar.example/a/1")] == read


def test_a_header_names_the_model_and_who_reviewed_it() -> None:
    (assertion,) = read_header({"ai-disclosure": 'mode=ai-originated; model="m-4"; provider="Lab"; reviewed-by="the desk"'})

    assert [(tool.name, tool.provider) for tool in assertion.tools] == [("m-4", "Lab")]
    assert (assertion.human_review.claim, assertion.human_review.by) == ("human_validated", "the desk")


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content


def manifest(*source_types: Any) -> bytes:
    """A manifest store as JUMBF: a superbox in a superbox, a description, and the actions in CBOR."""
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": value} for value in source_types]}
    claim = box(b"jumb", box(b"jumd", b"\x00" * 16 + b"\x03c2pa.actions.v2\x00") + box(b"cbor", cbor2.dumps(actions)))
    return box(b"jumb", box(b"jumd", b"\x00" * 16 + b"\x03c2pa\x00") + box(b"jumb", claim) + box(b"json", b"{}"))


def wrapped(content: bytes) -> str:
    """The text wrapper of a manifest: a mark and variation selectors."""
    data = b"C2PATXT\x00\x01" + len(content).to_bytes(4) + content
    return "\ufeff" + "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in data)


def page_with(content: bytes) -> list[Assertion]:
    return list(read_manifests(tree_of(f'<script type="application/c2pa">{base64.b64encode(content).decode()}</script>')))


def test_a_linked_manifest_is_there_and_says_nothing_of_ai() -> None:
    (assertion,) = read_manifests(tree_of('<link rel="c2pa-manifest" href="/m.c2pa">'))

    assert assertion.raw is not None
    assert (assertion.raw.name, assertion.raw.value) == ("link rel=c2pa-manifest: present, signature not validated", "/m.c2pa")
    assert (assertion.counts, assertion.trust) == (False, "signed_untrusted")


def test_the_actions_of_an_inline_manifest_are_read_and_not_trusted() -> None:
    present, declared = page_with(manifest(TAM, "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture", 7, None))

    assert (present.method, declared.method) == ("c2pa.present", "c2pa.trainedAlgorithmicMedia")
    assert (declared.activity, declared.trust, declared.counts) == ("generated", "signed_untrusted", True)


def test_a_manifest_that_is_hidden_in_the_text_is_found() -> None:
    present, declared = read_text_wrapper(f"Hujan turun.{wrapped(manifest(TAM))} Warga berteduh.")

    assert present.raw is not None
    assert present.raw.name.startswith("text wrapper")
    assert (declared.activity, declared.object) == ("generated", "article_text")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        box(b"jumb", b""),
        box(b"cbor", b"\x9b" + b"\xff" * 8),
        box(b"cbor", b"\xd8\x1c" * 1000),
        box(b"cbor", b"\x81" * 50_000),
        (2**31).to_bytes(4) + b"jumb" + b"\x00" * 100,
        box(b"jumb", b"") * 2_000,
        (1).to_bytes(4) + b"cbor" + (2**63).to_bytes(8),
        b"\x00\x00\x00\x00cbor\xa1gactions\x05",
    ],
    ids=[f"broken {number}" for number in range(10)],
)
def test_a_broken_manifest_is_there_and_no_more(content: bytes) -> None:
    assert [one.method for one in read_text_wrapper(wrapped(content))] == ["c2pa.present"]


def test_a_mark_without_a_manifest_is_none() -> None:
    assert list(read_text_wrapper("\ufeffHujan\ufeff\ufe0f turun \ufeff" * 100)) == []
