"""What the figures of `make eval` must be and should be: `part.figure` -> floor and goal."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Target:
    """A floor that must hold and a goal that should be reached. `most` turns both into ceilings."""

    floor: float
    goal: float | None = None
    most: bool = False

    def reaches(self, value: float, bound: float) -> bool:
        """Whether `value` is as good as `bound`, to three places: so they are written."""
        return round(value, 3) <= bound if self.most else round(value, 3) >= bound


TARGETS: Final = {
    "pages.text_f1_aeb": Target(0.962, 0.975),
    "pages.text_f1_fundus": Target(0.956, 0.970),
    "pages.titles": Target(0.85, 0.92),
    "pages.authors": Target(0.78, 0.88),
    "pages.dates": Target(0.985, 0.99),
    "dumps.text_f1_aeb": Target(0.89, 0.93),
    "dumps.text_f1_fundus": Target(0.89, 0.93),
    "dumps.text_f1_single_line_ends": Target(0.89, 0.93),
    "dumps.text_f1_crlf": Target(0.89, 0.93),
    "dumps.text_f1_many_blank_lines": Target(0.89, 0.93),
    "dumps.text_f1_wrapped": Target(0.89, 0.93),
    "dumps.text_f1_wrapped_without_blank_lines": Target(0.88, 0.92),
    "dumps.text_f1_quoted": Target(0.89, 0.93),
    "dumps.text_f1_quoted_printable": Target(0.89, 0.93),
    "dumps.text_f1_mailed": Target(0.89, 0.93),
    "languages.one_sentence": Target(0.93, 0.97),
    "languages.five_sentences": Target(0.99, 0.998),
    "marks.chrome_left": Target(0, 0, most=True),
    "marks.sentences_lost": Target(0, 0, most=True),
    "marks.quotes_f1": Target(0.85),
    "samples.samples_right": Target(16),
    "disclosure.precision": Target(0.97),
    "disclosure.recall": Target(0.92),
}
