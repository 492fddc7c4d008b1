"""What changed between two JSON Schemas of one message, and who would notice. Pure; knows the keywords that our models use.

A *breaking* change makes entries that exist unreadable, or takes away what a reader relies on: it needs a new stream.
A *widening* lets a writer say what yesterday's readers refuse: it is allowed, with the readers released first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Schema = Mapping[str, Any]

_ANNOTATIONS: Final = frozenset({"title", "description", "examples", "$schema", "$defs"})
_UPPER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_TEXTS: Final = ("pattern", "format")
_COMPARED: Final = frozenset(
    {"type", "anyOf", "enum", "const", "properties", "required", "items", "additionalProperties", "default", "$id", "$ref"}
    | {*_UPPER, *_LOWER, *_TEXTS}
)
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `pointer` names the place in the message, `*` stands for every element."""

    kind: Literal["breaking", "widening"]
    rule: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.rule} at {self.pointer or '/'}"


def schema_changes(old: Schema, new: Schema) -> list[Change]:
    """Every change that a reader or a writer could notice. Additions of optional properties are none."""
    return list(_Comparison(old, new).changes(old, new, ""))


@dataclass(frozen=True, slots=True)
class _Comparison:
    old_root: Schema
    new_root: Schema

    def changes(self, old: Schema, new: Schema, pointer: str) -> Iterator[Change]:
        old, new = _resolved(old, self.old_root), _resolved(new, self.new_root)
        if old.get("default", _ABSENT) != new.get("default", _ABSENT):
            yield Change("breaking", "default changed", pointer)
        before, after = _alternatives(old, self.old_root), _alternatives(new, self.new_root)
        for kind in before.keys() - after.keys():
            if not (kind == "integer" and "number" in after) and "any" not in after:
                yield Change("breaking", f"type {kind} no longer allowed", pointer)
        for kind in after.keys() - before.keys():
            if not (kind == "integer" and "number" in before):
                yield Change("widening", f"type {kind} newly allowed", pointer)
        for kind in before.keys() & after.keys():
            yield from self._same_type(before[kind], after[kind], pointer)

    def _same_type(self, old: Schema, new: Schema, pointer: str) -> Iterator[Change]:
        yield from _value_changes(old, new, pointer)
        yield from self._property_changes(old, new, pointer)
        for keyword in ("items", "additionalProperties"):
            yield from self._element_changes(old.get(keyword, True), new.get(keyword, True), f"{pointer}/*")

    def _property_changes(self, old: Schema, new: Schema, pointer: str) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = set(old.get("required", ())), set(new.get("required", ()))
        for name in before:
            here = f"{pointer}/{name}"
            if name not in after:
                yield Change("breaking", "property removed", here)
                continue
            if name in needed_after - needed_before:
                yield Change("breaking", "property became required", here)
            if name in needed_before - needed_after:
                yield Change("breaking", "property is no longer always there", here)
            yield from self.changes(before[name], after[name], here)
        for name in after.keys() - before.keys():
            if name in needed_after:
                yield Change("breaking", "new property is required", f"{pointer}/{name}")

    def _element_changes(self, old: Schema | bool, new: Schema | bool, pointer: str) -> Iterator[Change]:  # noqa: FBT001  # JSON Schema's own
        if isinstance(old, bool) or isinstance(new, bool):
            if old == new:
                return
            narrower = new is False or old is True
            yield Change("breaking", "elements restricted", pointer) if narrower else Change("widening", "elements unrestricted", pointer)
            return
        yield from self.changes(old, new, pointer)


def _value_changes(old: Schema, new: Schema, pointer: str) -> Iterator[Change]:
    before, after = _values(old), _values(new)
    if before != after:
        if after is not None and (before is None or before - after):
            yield Change("breaking", "value no longer allowed", pointer)
        if before is not None and (after is None or after - before):
            yield Change("widening", "value newly allowed", pointer)
    for keyword in _UPPER:
        yield from _limit_changes(keyword, old.get(keyword), new.get(keyword), pointer, sign=1)
    for keyword in _LOWER:
        yield from _limit_changes(keyword, old.get(keyword), new.get(keyword), pointer, sign=-1)
    for keyword in _TEXTS:
        yield from _text_changes(keyword, old.get(keyword), new.get(keyword), pointer)
    for keyword in sorted((old.keys() | new.keys()) - _COMPARED - _ANNOTATIONS):
        if old.get(keyword) != new.get(keyword):
            yield Change("breaking", f"{keyword} changed, and no rule says what that means", pointer)
    if old.get("$id") != new.get("$id"):
        yield Change("breaking", "$id changed", pointer)


def _text_changes(keyword: str, old: str | None, new: str | None, pointer: str) -> Iterator[Change]:
    if old == new:
        return
    yield Change("widening", f"{keyword} dropped", pointer) if new is None else Change("breaking", f"{keyword} changed", pointer)


def _values(schema: Schema) -> frozenset[Any] | None:
    if "const" in schema:
        return frozenset((schema["const"],))
    return frozenset(schema["enum"]) if "enum" in schema else None


def _limit_changes(keyword: str, old: float | None, new: float | None, pointer: str, *, sign: int) -> Iterator[Change]:
    if old == new:
        return
    if new is None or (old is not None and sign * new > sign * old):
        yield Change("widening", f"{keyword} loosened", pointer)
    else:
        yield Change("breaking", f"{keyword} tightened", pointer)


def _resolved(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target = root["$defs"][reference.removeprefix("#/$defs/")]
    return {**target, **{keyword: value for keyword, value in schema.items() if keyword != "$ref"}}


def _alternatives(schema: Schema, root: Schema) -> dict[str, Schema]:
    """The schema by JSON type: an optional text has two, `string` and `null`."""
    if "anyOf" in schema:
        return {kind: one for part in schema["anyOf"] for kind, one in _alternatives(_resolved(part, root), root).items()}
    kinds = schema.get("type", "any")
    return dict.fromkeys([kinds] if isinstance(kinds, str) else kinds, schema)
