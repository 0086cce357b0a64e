"""The texts of a column as the store takes them, or the reason why it does not."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.import_columns import Column, Kind
from relief.divisions import normal_code
from relief.errors import UnknownArea

BEIJING = timezone(timedelta(hours=8))
MOST_CHARACTERS = 500

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SHEET_ERRORS = frozenset({"#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})
_NUMBER = re.compile(
    r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII
)
_NEUTRAL = re.compile(r"^'(?=[=+@-])")  # by which an export keeps a text from being a formula
_SEPARATOR = re.compile(r"[,;、|/\s]+")
_PLAIN = {
    Kind.TEXT: r"[^\x00-\x1f\x7f#][^\x00-\x1f\x7f]*",
    Kind.WHOLE: r"[0-9]{1,9}",
    Kind.NUMBER: r"-?[0-9]{1,15}(\.[0-9]{1,15})?",
}
_FLAGS = {"是": "true", "true": "true", "1": "true", "yes": "true",
          "否": "false", "false": "false", "0": "false", "no": "false"}  # fmt: skip
_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?|分)?)?"
)


@dataclass(frozen=True)
class Parsed:
    """`values` as PostgreSQL's COPY reads them, None for null; `faults` by position, if any."""

    values: pd.Series[str]
    faults: Mapping[int, str]


def parsed(texts: pd.Series[str], column: Column, *, nullable: bool) -> Parsed:
    """Each text read as `column` says.

    A cell that is empty is the column's default, else null where the store takes nulls, else a
    fault. Texts that can be taken as they stand are seen by patterns over the whole column; of the
    rest each different one is read once.
    """
    values = texts.str.strip()
    if column.kind is Kind.TEXT:
        values = values.str.replace(_NEUTRAL, "", regex=True)
    rest = np.flatnonzero(~_plain(values, column))
    codes, different = pd.factorize(values.iloc[rest])
    read: list[str | None] = []
    reasons: dict[int, str] = {}
    for text in different:
        try:
            read.append(_value(text, column, nullable=nullable))
        except ValueError as error:
            reasons[len(read)] = str(error)
            read.append(None)
    if rest.size:
        values.iloc[rest] = pd.Index(read, dtype="str").take(codes)
    wrong = np.flatnonzero(np.isin(codes, list(reasons)))
    return Parsed(values, {int(rest[i]): reasons[codes[i]] for i in wrong})


def _plain(texts: pd.Series[str], column: Column) -> NDArray[np.bool_]:
    """Where a text is stored as it stands; what this leaves out, `_value` decides."""
    if column.kind not in _PLAIN:
        return np.zeros(len(texts), dtype=bool)
    plain = texts.str.fullmatch(_PLAIN[column.kind]).to_numpy(bool)
    if column.kind is Kind.TEXT:
        return plain & (texts.str.len().to_numpy() <= MOST_CHARACTERS)
    worth = np.full(len(texts), np.nan)
    worth[plain] = texts[plain].astype(np.float64)
    return (worth >= column.least) & (worth <= column.most)


def numbers(texts: pd.Series[str]) -> Parsed:
    """Finite numbers of any size, as coordinates are; an empty cell is a fault."""
    anything = Column("", Kind.NUMBER, least=-math.inf, most=math.inf)
    return parsed(texts, anything, nullable=False)


def _value(text: str, column: Column, *, nullable: bool) -> str | None:
    plain = text.strip()
    if not plain:
        if column.default is None and not nullable:
            raise ValueError("It is empty.")
        return column.default
    if len(plain) > MOST_CHARACTERS:
        raise ValueError(f"It has {len(plain):,} characters; {MOST_CHARACTERS} are the most.")
    if _CONTROL.search(plain) or plain in _SHEET_ERRORS:
        raise ValueError(f"{plain[:40]!r} is no text to store.")
    if column.kind is not Kind.TEXT and not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
    return _READERS[column.kind](plain, column)


def _number(text: str, column: Column) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"'{text[:40]}' is no number.")
    if not math.isfinite(number := float(text.replace(",", ""))):
        raise ValueError(f"'{text[:40]}' is too large.")
    if not column.least <= number <= column.most:
        raise ValueError(f"{text} is not between {column.least:g} and {column.most:.10g}.")
    return repr(number)


def _whole(text: str, column: Column) -> str:
    number = float(_number(text, column))
    if not number.is_integer():
        raise ValueError(f"{text} is no whole number.")
    return str(int(number))


def _word(text: str, column: Column) -> str:
    code = column.words.get(text) or column.words.get(text.lower())
    if code is None:
        raise ValueError(f"'{text[:40]}' is none of {_offered(column)}.")
    return code


def _offered(column: Column) -> str:
    """Each code with the first other word for it, such as `landslide 滑坡`."""
    offered: dict[str, str] = {}
    for word, code in column.words.items():
        if offered.get(code, code) == code:
            offered[code] = code if word == code else f"{code} {word}"
    return ", ".join(offered.values())


def _several_words(text: str, column: Column) -> str:
    parts = [part for part in _SEPARATOR.split(text.strip("{}[]")) if part]
    codes = dict.fromkeys(_word(part.strip("\"'"), column) for part in parts)
    return "{" + ",".join(codes) + "}"


def _flag(text: str, _: Column) -> str:
    if text.lower() not in _FLAGS:
        raise ValueError(f"'{text[:40]}' is neither 是 nor 否 (true, false).")
    return _FLAGS[text.lower()]


def _instant(text: str, _: Column) -> str:
    """The time with its offset; one without is in Beijing time, a date alone is its midnight."""
    try:
        time = _date(text)
    except ValueError:
        raise ValueError(f"'{text[:40]}' is no date: write 2026-05-08 or 2026年5月8日.") from None
    if not 1900 <= time.year <= 2100:
        raise ValueError(f"The year {time.year} is not between 1900 and 2100.")
    aware = time if time.tzinfo else time.replace(tzinfo=BEIJING)
    return aware.astimezone(UTC).isoformat()


def _date(text: str) -> datetime:
    if match := _DATE.fullmatch(text):
        return datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    return datetime.fromisoformat(text)


def _area(text: str, _: Column) -> str:
    try:
        return normal_code(text)
    except UnknownArea as error:
        raise ValueError(error.detail) from None


_READERS: Mapping[Kind, Callable[[str, Column], str]] = {
    Kind.TEXT: lambda text, _: text,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.WORD: _word,
    Kind.WORDS: _several_words,
    Kind.FLAG: _flag,
    Kind.INSTANT: _instant,
    Kind.AREA: _area,
}
