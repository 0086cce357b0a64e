"""Times as requests write them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError


def _written_out(value: Any) -> Any:
    """`value`, unless it is a bare number, which would pass for seconds since 1970."""
    try:
        float(value)
    except (TypeError, ValueError):
        return value
    sentence = "Write a time as RFC 3339 with an offset, as 2026-09-15T12:00:00+08:00"
    raise PydanticCustomError("instant", sentence)


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""A time with an offset (RFC 3339)."""
