"""The n-gram model of py3langid in three quarters of the memory that it takes by itself, with the same answers.

Its automaton is a table with a row for each state and a column for each of 256 bytes. No n-gram holds a control byte, a byte that
UTF-8 never has, or some others: all those columns are alike, and are held once.
"""

from array import array
from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

_BYTES = 256


class NgramModel(LanguageIdentifier):  # type: ignore[misc]  # the package has no types
    """Tells languages as the class of the package does."""

    tk_nextmove: Any
    tk_output: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = np.asarray(self.tk_nextmove, dtype=np.uint32).reshape(-1, _BYTES)
        column_of: dict[bytes, int] = {}
        columns = [column_of.setdefault(rows[:, byte].tobytes(), len(column_of)) for byte in range(_BYTES)]
        self._columns = bytes(columns)
        kept = rows[:, [columns.index(column) for column in range(len(column_of))]]
        # Arrays of Python, since one number is read at a time: lists take ten times the memory, arrays of numpy thrice the time.
        self.tk_nextmove = array("I", kept.tobytes())
        self._rowbase = array("I", [row * len(column_of) for row in self.tk_row])
        self.tk_output = array("i", self.tk_output)

    def among(self, languages: Sequence[str]) -> "NgramModel":
        """A model of these languages alone, which shares with this one what tells n-grams."""
        narrowed = copy(self)
        narrowed.set_languages(languages)
        # Row by row, as it is read.
        narrowed.nb_ptc = np.ascontiguousarray(narrowed.nb_ptc)
        # Else it would keep the table of all languages to go back to.
        narrowed._full_model = (narrowed.nb_ptc, narrowed.nb_pc, narrowed.nb_classes)  # noqa: SLF001  # one of this class
        return narrowed

    def _encode(self, text: str) -> bytes:
        """The text as numbers of columns."""
        encoded: bytes = super()._encode(text)
        return encoded.translate(self._columns)


def ngram_model() -> NgramModel:
    """The model of all its languages, with probabilities that are comparable between texts of different lengths."""
    model: NgramModel = NgramModel.from_model_file(MODEL_FILE, norm_probs=True)
    return model
