"""The searcher's words: put into OpenSearch's simple syntax, and measured so that no query grows past its limits."""

import re
from dataclasses import dataclass
from typing import Final

_PARTS: Final = re.compile(r'"[^"]*"?|\S+')
_OPERATORS: Final = {"AND": "+", "OR": "|"}
_WORD: Final = re.compile(r"\w+")
_FUZZY: Final = re.compile(r"\w~")
# Scripts written without spaces: an analyzer makes up to one token of each character.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


def simple_syntax(text: str) -> str:
    """`text` with AND, OR and NOT as the operators that `simple_query_string` knows. Phrases stay as they are."""
    translated: list[str] = []
    negate = ""
    for part in _PARTS.findall(text):
        if part == "NOT":
            negate = "-"
        else:
            translated.append(negate + _OPERATORS.get(part, part))
            negate = ""
    return " ".join(translated)


@dataclass(frozen=True, slots=True)
class Size:
    """How much a query asks for."""

    words: int
    fuzzy_words: int

    def clauses(self, *, fields: int, expansions: int) -> int:
        """An upper bound of the term clauses it becomes over so many fields, `expansions` spellings a fuzzy word."""
        return fields * (self.words + self.fuzzy_words * expansions)


def size_of(text: str) -> Size:
    """The size of a query."""
    unspaced = len(_UNSPACED.findall(text))
    spaced = len(_WORD.findall(_UNSPACED.sub(" ", text)))
    return Size(words=unspaced + spaced, fuzzy_words=len(_FUZZY.findall(text)))
