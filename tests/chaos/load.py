"""The load of a run: a pure function of its seed. What is sent in which order, and every byte of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from random import Random
from typing import Any, Final

from public_contract import article_id

EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""Dated revisions lie behind this moment, in the past, so that no clock changes them."""
VERSIONS: Final = 1_000
"""More than any article gets."""
RECENT: Final = 3_000
"""Corrections and the like are of one of so many newest articles: many come while their article is still moving."""


class Kind(StrEnum):
    """What one step of the load is."""

    NEW = "new"
    CORRECTION = "correction"
    REPEAT = "repeat"
    LATE = "late"
    """An older revision than one that was sent before."""
    UNDATED = "undated"
    """A revision without a time of its own: the acceptance orders it."""
    PAGE = "page"
    """A page as bytes; always undated."""
    TAKEDOWN = "takedown"
    CANCELED = "canceled"
    """A takedown as a line of a batch, in which its text stands as well: both are accepted in the same millisecond."""
    REFUSED = "refused"
    """A request that ingest must refuse."""
    POISON_RAW = "poison_raw"
    POISON_ENRICHED = "poison_enriched"


WEIGHTS: Final[dict[Kind, float]] = {
    Kind.CORRECTION: 14,
    Kind.REPEAT: 9,
    Kind.LATE: 7,
    Kind.UNDATED: 5,
    Kind.TAKEDOWN: 2,
    Kind.CANCELED: 0.3,
    Kind.REFUSED: 2,
    Kind.POISON_RAW: 2,
    Kind.POISON_ENRICHED: 1,
}
"""Chances in a hundred; the rest is new articles."""
POISONS: Final = ("no_data", "broken_json", "wrong_type", "no_utf8", "bad_id", "other_id", "bad_form", "other_content_type")
TOGETHER: Final = "together"
"""Steps of this form are one batch, up to the takedown that ends it."""
BETWEEN: Final = 10
ENRICHED_POISONS: Final = ("broken_json", "no_data", "bad_status", "unindexable")
REFUSALS: Final = ("no_text", "broken_json", "bad_url", "empty_title")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to send. `version` tells the revisions of an article apart."""

    number: int
    kind: Kind
    article: int
    version: int = 0
    form: str = ""
    """Which poison, or which refusal."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Steps that go in one request: several are one batch of lines."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """All that one seed sends."""

    seed: int

    def source(self, article: int) -> str:
        """The publication; a few of them."""
        return f"berita-{article % 7}.example"

    def native_id(self, article: int) -> str:
        """The producer's own id of an article."""
        return f"chaos-{self.seed}-{article}"

    def article_id(self, article: int) -> str:
        """The id that the contract gives it."""
        return article_id(self.source(article), self.native_id(article))

    def revision(self, step: Step) -> int | None:
        """Milliseconds, where the producer gives a time."""
        if step.kind in (Kind.UNDATED, Kind.PAGE, Kind.TAKEDOWN, Kind.CANCELED, Kind.REFUSED):
            return None
        return int(_updated_at(step).timestamp() * 1000)

    def json_object(self, step: Step) -> bytes:
        """An article as JSON, the same bytes for the same article and version."""
        random = Random(f"{self.seed} {step.article} {step.version}")  # noqa: S311  # to be repeated, not to be secret
        fields: dict[str, Any] = {
            "source": self.source(step.article),
            "native_id": self.native_id(step.article),
            "url": f"https://{self.source(step.article)}/{step.article}",
            "title": f"{_sentence(random, words=7)} {self._token(step)}",
            "body": "\n\n".join(_paragraph(random) for _ in range(random.randint(2, 7))),
            "authors": [_name(random)],
            "section": random.choice(("Ekonomi", "Politik", "Olahraga", "Sains")),
            "published_at": (EPOCH + timedelta(minutes=step.article)).isoformat(),
        }
        if step.kind is not Kind.UNDATED:
            fields["updated_at"] = _updated_at(step).isoformat()
        if random.random() < 0.05:
            fields["body"] += "\n\nArtikel ini dibuat dengan bantuan kecerdasan buatan dan disunting oleh redaksi."
        return json.dumps(fields, ensure_ascii=False).encode()

    def canceled(self, step: Step) -> bytes:
        """A takedown as JSON."""
        names = {"source": self.source(step.article), "native_id": self.native_id(step.article)}
        return json.dumps({**names, "status": "canceled", "reason": f"langkah {step.number}"}).encode()

    def page(self, step: Step) -> bytes:
        """An article as a page."""
        random = Random(f"{self.seed} {step.article} {step.version}")  # noqa: S311
        title = f"{_sentence(random, words=6)} {self._token(step)}"
        paragraphs = "".join(f"<p>{_paragraph(random)}</p>" for _ in range(random.randint(3, 8)))
        return (
            f'<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{title}</title></head>'
            f"<body><nav>Beranda Ekonomi Politik</nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
        ).encode()

    def refused(self, step: Step) -> bytes:
        """A body that ingest must refuse."""
        fields: dict[str, Any] = {"source": self.source(step.article), "native_id": self.native_id(step.article)}
        match step.form:
            case "no_text":
                return json.dumps(fields | {"title": "Tanpa isi"}).encode()
            case "bad_url":
                return json.dumps(fields | {"title": "Alamat", "body": "Isi.", "url": "ftp://x"}).encode()
            case "empty_title":
                return json.dumps(fields | {"title": " ", "body": "Isi."}).encode()
            case _:
                return b'{"title": "terpotong'

    def poison(self, step: Step) -> dict[bytes, bytes]:
        """The fields of an entry that nobody can go on with."""
        message: dict[str, Any] = {
            "article_id": self.article_id(step.article),
            "revision": self.revision(step),
            "content_form": "article",
            "source": self.source(step.article),
            "native_id": self.native_id(step.article),
            "title": f"Racun {step.number}",
            "body": "Isi.",
            "received_at": "2026-01-01T00:00:00Z",
        }
        if step.kind is Kind.POISON_ENRICHED:
            return self._enriched_poison(step, message)
        fields = self._entry(message)
        match step.form:
            case "no_data":
                del fields[b"data"]
            case "broken_json":
                fields[b"data"] = fields[b"data"][:-20]
            case "wrong_type":
                fields[b"data"] = b"[1, 2, 3]"
            case "no_utf8":
                fields[b"data"] = b'{"title": "\xff\xfe"}'
            case "bad_id":
                fields[b"article_id"] = b"BUKAN-ID"
            case "other_id":
                fields[b"article_id"] = self.article_id(step.article + 1_000_000_000).encode()
            case "other_content_type":
                fields[b"content_type"] = b"application/xml"
            case _:
                fields = self._entry(message | {"content_form": "nyanyian"})
        return fields

    def _enriched_poison(self, step: Step, raw: dict[str, Any]) -> dict[bytes, bytes]:
        message = {name: value for name, value in raw.items() if name != "content_form"} | {
            "status": "usable",
            "source_text": "Isi.",
            "text_sha256": "0" * 64,
            "content_sha256": "0" * 64,
            "language": "id",
            "enriched_at": "2026-01-01T00:00:01Z",
            "provenance": {"enricher_version": "chaos", "generation": 1},
        }
        match step.form:
            case "bad_status":
                return self._entry(message | {"status": "entah"})
            case "unindexable":
                # A number that JSON can hold and a field of OpenSearch cannot.
                return self._entry(message | {"topics": [{"code": "medtop:01000000", "name": "seni", "score": 1e300}]})
            case "no_data":
                fields = self._entry(message)
                del fields[b"data"]
                return fields
            case _:
                fields = self._entry(message)
                return fields | {b"data": fields[b"data"][:-20]}

    def _entry(self, message: dict[str, Any]) -> dict[bytes, bytes]:
        return {
            b"data": json.dumps(message).encode(),
            b"content_type": b"application/json",
            b"article_id": message["article_id"].encode(),
            b"revision": str(message["revision"]).encode(),
        }

    def _token(self, step: Step) -> str:
        return f"kata{self.seed}x{step.article}v{step.version}"


ARCHIVED_POISONS: Final = frozenset({"bad_form", "other_id"})
"""Poison of which the archive can tell which article and revision it says it is."""


def planned(seed: int, *, articles: int) -> list[Parcel]:
    """Everything to send, in order: so many new articles, and what is done to them between."""
    random = Random(f"load {seed}")  # noqa: S311
    return list(_parcels(_steps(random, articles=articles), random))


def dealt(parcels: Sequence[Parcel], *, producers: int) -> list[list[Parcel]]:
    """The parcels of each producer. One article's revisions go through several: they overtake each other."""
    return [list(islice(parcels, at, None, producers)) for at in range(producers)]


def _steps(random: Random, *, articles: int) -> list[Step]:
    steps: list[Step] = []
    newest: list[int] = []
    poisoned = 0
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    while len(newest) < articles:
        number = len(steps)
        if not newest or random.random() * 100 >= sum(weights):
            kind = Kind.PAGE if random.random() < 0.08 else Kind.NEW
            steps.append(Step(number, kind, len(newest)))
            newest.append(0)
            continue
        (kind,) = random.choices(kinds, weights)
        article = random.randrange(max(0, len(newest) - RECENT), len(newest))
        match kind:
            case Kind.CORRECTION | Kind.UNDATED:
                # Some corrections skip versions, so that there are late ones to come.
                newest[article] += random.choice((1, 1, 2, 3))
                steps.append(Step(number, kind, article, newest[article]))
            case Kind.REPEAT | Kind.LATE:
                version = newest[article] if kind is Kind.REPEAT else random.randint(0, newest[article])
                steps.append(Step(number, kind, article, version))
            case Kind.TAKEDOWN:
                steps.append(Step(number, kind, article))
            case Kind.CANCELED:
                # An undated text, others, and its takedown, all in one batch. The enricher reads them in several chunks.
                newest[article] += 1
                steps.append(Step(number, Kind.UNDATED, article, newest[article], form=TOGETHER))
                for _ in range(BETWEEN):
                    steps.append(Step(len(steps), Kind.NEW, len(newest), form=TOGETHER))
                    newest.append(0)
                steps.append(Step(len(steps), kind, article, form=TOGETHER))
            case Kind.REFUSED:
                steps.append(Step(number, kind, article, form=random.choice(REFUSALS)))
            case _:
                poisoned += 1
                form = random.choice(POISONS if kind is Kind.POISON_RAW else ENRICHED_POISONS)
                # Of articles of their own: each poison has exactly one fate.
                steps.append(Step(number, kind, 100_000_000 + poisoned, form=form))
    return steps


def _parcels(steps: Sequence[Step], random: Random) -> list[Parcel]:
    """Half of what can go in a batch goes in batches of up to 40 lines; the rest alone."""
    parcels: list[Parcel] = []
    batch: list[Step] = []
    together: list[Step] = []
    size = 0
    for step in steps:
        if step.form == TOGETHER:
            together.append(step)
            if step.kind is Kind.CANCELED:
                parcels.append(Parcel(tuple(together)))
                together = []
            continue
        if step.kind in (Kind.PAGE, Kind.TAKEDOWN, Kind.POISON_RAW, Kind.POISON_ENRICHED):
            parcels.append(Parcel((step,)))
            continue
        if not size:
            size = random.randint(5, 40) if random.random() < 0.08 else 1
        batch.append(step)
        if len(batch) == size:
            parcels.append(Parcel(tuple(batch)))
            batch, size = [], 0
    if batch:
        parcels.append(Parcel(tuple(batch)))
    return parcels


def _updated_at(step: Step) -> datetime:
    return EPOCH + timedelta(minutes=step.article % 1_000_000, milliseconds=step.version % VERSIONS)


_TEXT: Final = (
    "pasar harga beras petani pemerintah kota warga sekolah jalan hujan banjir menteri rencana anggaran laporan kapal nelayan laut "
    "pabrik pekerja upah tim pertandingan gol pemain pelatih stadion penelitian universitas ilmuwan vaksin rumah sakit dokter listrik "
    "energi surya angin sungai gunung desa perahu ikan ekspor impor rupiah bank bunga kredit saham bursa pajak undang hakim jaksa"
)
_WORDS: Final = tuple(_TEXT.split(" "))
_NAMES: Final = ("Siti Rahma", "Budi Santoso", "Dewi Lestari", "Agus Salim", "Rina Kartika", "Joko Purwanto")


def _sentence(random: Random, *, words: int) -> str:
    return " ".join(random.choices(_WORDS, k=words)).capitalize()


def _paragraph(random: Random) -> str:
    sentences = [f"{_sentence(random, words=random.randint(8, 16))}." for _ in range(random.randint(3, 6))]
    if random.random() < 0.3:
        sentences.append(f"“{_sentence(random, words=9)},” kata {_name(random)}.")
    return " ".join(sentences)


def _name(random: Random) -> str:
    return random.choice(_NAMES)
