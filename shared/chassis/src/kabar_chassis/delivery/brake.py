"""The brake: when most entries fail, the fault is hardly theirs, and a worker must not empty the stream into the dead letters."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

WINDOW: Final = 100
MOST_FAILURES: Final = WINDOW // 2
"""More than these of the last `WINDOW` entries pull the brake."""
IN_A_ROW: Final = 50


@dataclass(slots=True)
class Brake:
    """Remembers how the last entries ended, and says before an entry is given up whether it may be."""

    enabled: bool = True
    pulled: bool = False
    """Whether the last batch was held by it."""
    _failures: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def note_success(self) -> None:
        """An entry was done or handed over."""
        self._failures.append(False)

    def lets_go(self) -> bool:
        """Whether one more entry may be given up; if so it is counted. Asked again for the same entry later."""
        if not self.enabled:
            return True
        failures = [*self._failures, True][-WINDOW:]
        if sum(failures) > MOST_FAILURES or (len(failures) >= IN_A_ROW and all(failures[-IN_A_ROW:])):
            return False
        self._failures.append(True)
        return True

    @property
    def why(self) -> str:
        """What to tell an operator while the brake holds."""
        return (
            f"most of the last entries failed ({sum(self._failures)} of {len(self._failures)}): the brake holds what would be given up; "
            "mend the cause and start the worker again, or switch the brake off if they are bad indeed"
        )
