"""Phrases in the two languages of the product, and the parties that a plan names with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relief.vocabulary import Authority


@dataclass(frozen=True)
class Words:
    """A phrase in the two languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True)
class Party(Words):
    """Who proposes, decides or is told; `authority` where a token may stand for them."""

    authority: Authority | None = None

    def as_dict(self) -> dict[str, str | None]:
        """The JSON shape."""
        code = self.authority.value if self.authority else None
        return {"authority": code, "zh": self.zh, "en": self.en}
