"""Runners that the worker's tests have it start: well-behaved, refusing, hanging, breaking."""

import os
import time

from geo import jobs
from relief.errors import InvalidInput


async def echo(context: jobs.JobContext) -> None:
    context.progress(0.5)
    print("what a library prints is no progress")
    async with context.conn.transaction():
        text = (context.payload or b"").decode()
        await jobs.finish(context.conn, context.job.id, {"text": text, **context.job.parameters})


async def refuse(context: jobs.JobContext) -> None:
    raise InvalidInput("There is no such layer.")


async def hang(context: jobs.JobContext) -> None:
    context.progress(0.25)
    time.sleep(600)  # noqa: ASYNC251 - native code that never yields


async def hoard(context: jobs.JobContext) -> None:
    bytearray(64 * 2**30)


async def crash(context: jobs.JobContext) -> None:
    os.abort()


async def wrong(context: jobs.JobContext) -> None:
    raise KeyError("a fault in the program")
