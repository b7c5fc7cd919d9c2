"""What a check finds: points, out of how many, and why not all of them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule and how far it is met; `reason` says what was seen."""

    name: str
    points: float
    most: float
    reason: str

    @property
    def is_met(self) -> bool:
        """Whether no points are lost."""
        return self.points >= self.most


def rule(name: str, most: float, is_met: bool, reason: str) -> Finding:
    """A rule that is met or not."""
    return Finding(name, most if is_met else 0.0, most, reason)


@dataclass(frozen=True, slots=True)
class Part:
    """Some rules that make one number, of `most`."""

    name: str
    findings: tuple[Finding, ...]
    most: float = 100.0

    @property
    def score(self) -> float:
        """Their points in all."""
        return sum(finding.points for finding in self.findings)


def mean(parts: Iterable[Part]) -> int:
    """The mean of the scores of parts, without its fraction.

    >>> mean([Part("a", (Finding("x", 100, 100, ""),)), Part("b", (Finding("y", 95, 100, ""),))])
    97
    """
    scores = [part.score for part in parts]
    return int(sum(scores) / len(scores))
