"""Cuts the fonts that the pages ship from the machine's Noto Sans CJK (OFL 1.1).

    python web/tools/fonts.py [FOLDER]     (Debian: /usr/share/fonts/opentype/noto)

Both weights hold every character of the pages' own words and of the place names under
data/boundaries and of the demo, rare ones such as 垴 too. The regular one has GB 2312's first level
besides, and stands in where the bold one, meant for figures and headings, has no glyph.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent
NAMES = WEB.parent / "data" / "boundaries"
MADE_NAMES = WEB.parent / "geo" / "demo"
SIMPLIFIED_CHINESE = 2  # the face within the collection
ALWAYS = (
    "U+20-7E,U+A0-FF,U+2010-2027,U+2030-203A,U+2160-216B,U+2190-2193,U+2212,U+2264-2265,"
    "U+25A0-25CF,U+2713-2717,U+3000-3011,U+FF00-FF5E"
)
FEATURES = "kern,tnum,vert"


def first_level_hanzi() -> set[str]:
    """The 3,755 characters of GB 2312's first level (rows 16 to 55)."""
    pairs = (bytes((0xA0 + row, 0xA0 + cell)) for row in range(16, 56) for cell in range(1, 95))
    return set("".join(pair.decode("gb2312", errors="ignore") for pair in pairs))


def characters_of(folder: Path, *suffixes: str) -> set[str]:
    """Every character in the files of `folder` that end in one of `suffixes`."""
    paths = (path for path in folder.rglob("*") if path.suffix in suffixes)
    return {character for path in paths for character in path.read_text(encoding="utf-8")}


def cut(source: Path, characters: set[str], target: Path) -> None:
    """Writes the glyphs of `characters` as woff2."""
    subprocess.run(
        [
            "pyftsubset",
            str(source),
            f"--font-number={SIMPLIFIED_CHINESE}",
            f"--text={''.join(sorted(c for c in characters if c.isprintable()))}",
            f"--unicodes={ALWAYS}",
            f"--layout-features={FEATURES}",
            "--flavor=woff2",
            f"--output-file={target}",
        ],
        check=True,
    )
    sys.stdout.write(f"{target.name}: {target.stat().st_size // 1000} kB\n")


def main(arguments: list[str]) -> None:
    """Writes both weights into web/fonts."""
    folder = Path(arguments[0] if arguments else "/usr/share/fonts/opentype/noto")
    words = characters_of(WEB / "locale", ".json") | characters_of(WEB, ".html")
    names = characters_of(NAMES, ".csv", ".geojson", ".json")
    names |= characters_of(MADE_NAMES, ".py", ".toml")
    fonts = WEB / "fonts"
    cut(
        folder / "NotoSansCJK-Regular.ttc",
        first_level_hanzi() | words | names,
        fonts / "reliefmap-sans-regular.woff2",
    )
    cut(folder / "NotoSansCJK-Bold.ttc", words | names, fonts / "reliefmap-sans-bold.woff2")


if __name__ == "__main__":
    main(sys.argv[1:])
