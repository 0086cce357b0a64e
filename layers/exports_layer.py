"""A whole layer as a file on disk, under the column names that an import reads again."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory

from geo.database import Connection
from geo.features import count_of_features
from layers.downloads import FileForm, streamed, written
from layers.features import Question
from relief.progress import Progress, silent

PRIVATE, PUBLIC = 0o600, 0o644


async def save_layer(
    conn: Connection, question: Question, form: FileForm, path: Path, progress: Progress = silent
) -> int:
    """Writes all that the question selects, as of one moment; the number of features.

    The file is whole or not there at all, and its owner's alone where it shows people. Raises
    TooLarge for more features than the form may have.
    """
    people = question.layer.cells is not None and question.sight.in_detail
    with TemporaryDirectory(prefix=".reliefmap-", dir=path.parent) as folder:
        async with conn.transaction():
            await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            count = await count_of_features(conn, question.source, question.scoped)
            if form.most is None:
                file = Path(folder) / path.name
                await _stream(
                    conn, question, form, file, lambda n: progress(min(0.9, n / (count + 1)))
                )
            else:
                file = await written(conn, question, form, Path(folder))
        file.chmod(PRIVATE if people else PUBLIC)
        file.replace(path)
    return count


async def _stream(
    conn: Connection, question: Question, form: FileForm, file: Path, progress: Progress
) -> None:
    """Writes it as it comes, and tells how many lines have come."""
    lines = 0
    with file.open("wb") as kept:
        async with aclosing(streamed(conn, question, form)) as pieces:
            async for piece in pieces:
                kept.write(piece)
                if lines := lines + piece.count(b"\n"):
                    progress(lines)
