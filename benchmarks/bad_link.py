"""A link as bad as wished between this machine's network and a namespace of it: rate and loss.

Two tun devices, and between them a thread that lets packets through at the rate of the link and
drops a share of them, each way. It is the kernel's TCP that has to cope. Needs root and iproute2,
no module of the kernel besides tun.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

NETWORK = "10.213.0"
SERVER = f"{NETWORK}.1"
FIRST_PHONE = 10
"""Phones have the addresses from this one on."""

_SET_INTERFACE, _TUN_WITHOUT_HEADER = 0x400454CA, 0x1001
_QUEUE_S = 4.0
"""What would wait longer than this in a link's queue is dropped, as routers do."""


@dataclass
class BadLink:
    """What the link does, and what passed: one that all phones share, or one for each of them."""

    bits_per_s: float
    loss: float
    shared: bool = True
    packets: int = 0
    dropped: int = 0
    random: random.Random = field(default_factory=lambda: random.Random(3))
    _free_at: dict[tuple[int, bytes], float] = field(default_factory=dict)

    def arrives_at(self, way: int, packet: bytes, now: float) -> float | None:
        """When the packet comes out at the other end; None if it never does."""
        self.packets += 1
        phone = b"" if self.shared else packet[12:16] if way else packet[16:20]
        free_at = max(now, self._free_at.get((way, phone), 0.0))
        if self.random.random() < self.loss or free_at > now + _QUEUE_S:
            self.dropped += 1
            return None
        self._free_at[way, phone] = free_at + len(packet) * 8 / self.bits_per_s
        return self._free_at[way, phone]


@contextmanager
def bad_link(link: BadLink, phones: int) -> Iterator[str]:
    """The name of a namespace with that many phones' addresses, from which SERVER is reached."""
    space = f"reliefmap-{os.getpid()}"
    ours, theirs = _tun("reliefmap-s"), _tun("reliefmap-p")
    ended = threading.Event()
    _ip("netns", "add", space)
    try:
        _ip("addr", "add", f"{SERVER}/24", "dev", "reliefmap-s")
        _ip("link", "set", "reliefmap-s", "up")
        _ip("link", "set", "reliefmap-p", "netns", space)
        for n in range(phones):
            address = f"{NETWORK}.{FIRST_PHONE + n}/24"
            _ip("-n", space, "addr", "add", address, "dev", "reliefmap-p")
        _ip("-n", space, "link", "set", "reliefmap-p", "up")
        carrying = threading.Thread(target=_carry, args=(link, (ours, theirs), ended))
        carrying.start()
        yield space
        ended.set()
        carrying.join()
    finally:
        ended.set()
        _ip("netns", "del", space)
        os.close(ours)
        os.close(theirs)


def _carry(link: BadLink, ends: tuple[int, int], ended: threading.Event) -> None:
    """Takes packets from either end to the other; way 1 leads from the phones to the server."""
    under_way: list[tuple[float, int, int, bytes]] = []
    while not ended.is_set():
        now = time.monotonic()
        while under_way and under_way[0][0] <= now:
            _, _, way, packet = heapq.heappop(under_way)
            with suppress(OSError):
                os.write(ends[1 - way], packet)
        wait = min(0.05, max(0.0, under_way[0][0] - now)) if under_way else 0.05
        for end in select.select(ends, [], [], wait)[0]:
            packet, way = os.read(end, 4096), ends.index(end)
            is_ours = packet[0] >> 4 == 4  # the kernel's own IPv6 greetings go nowhere
            at = link.arrives_at(way, packet, time.monotonic()) if is_ours else None
            if at is not None:
                heapq.heappush(under_way, (at, link.packets, way, packet))


def _tun(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(end, _SET_INTERFACE, struct.pack("16sH22x", name.encode(), _TUN_WITHOUT_HEADER))
    return end


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
