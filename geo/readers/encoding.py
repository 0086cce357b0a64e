"""Texts in the encodings that offices in China save: UTF-8, else GB 18030, which holds GBK."""

from __future__ import annotations

import codecs

from geo.readers.source import utf8_text
from relief.errors import InvalidInput

_LEAST_SHARE = 0.7
_COMMON = range(0xB0, 0xD8)  # first bytes of the 3,755 characters of GB 2312's first level
_SIGNS = range(0xA1, 0xA4)  # and of its punctuation and wide Latin letters
_SECOND = 0xA1  # least second byte of GB 2312; Big5 goes lower


def office_text(content: bytes) -> str:
    """The text of a file in UTF-8 or in GBK; raises InvalidInput for any other encoding.

    What is no UTF-8 is taken as GBK only where it reads as Chinese that way: most of its characters
    are then among the common ones, which those of a damaged or a foreign text are not.
    """
    try:
        return utf8_text(content)
    except InvalidInput:
        text = gbk_text(content)
        if text is None or "\x00" in text:
            raise
        return text


def uncut(content: bytes, encoding: str) -> str:
    """The text without a last character of which the width of a field has cut a part.

    Raises UnicodeDecodeError for what is no text in that encoding.
    """
    return codecs.getincrementaldecoder(encoding)().decode(content)


def gbk_text(content: bytes) -> str | None:
    """The text, if it reads as Chinese in GBK."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    wide = [char.encode("gb18030") for char in text if not char.isascii()]
    common = sum(map(_is_common, wide))
    return text if common >= _LEAST_SHARE * len(wide) else None


def _is_common(char: bytes) -> bool:
    return len(char) == 2 and char[1] >= _SECOND and (char[0] in _COMMON or char[0] in _SIGNS)
