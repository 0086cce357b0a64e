"""The family of errors that a person is meant to read.

Each class carries a stable `code` and the HTTP `status` it maps to; its docstring is the title of
the problem, the message says what happened here and how to mend it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `at` is a JSON pointer (or row and column), `detail` a sentence."""

    at: str
    detail: str


class ReliefError(Exception):
    """The request could not be carried out."""

    code = "refused"
    status = 400

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)

    @property
    def title(self) -> str:
        """The first line of the class's docstring."""
        return (type(self).__doc__ or "").strip().splitlines()[0]


class InvalidInput(ReliefError):
    """The input has faults."""

    code = "invalid_input"
    status = 422


class MalformedRequest(ReliefError):
    """The request can't be read."""

    code = "malformed_request"
    status = 400


class InvalidGeometry(InvalidInput):
    """A geometry is not valid."""

    code = "invalid_geometry"


class UnknownCrs(InvalidInput):
    """The coordinate reference system is not known."""

    code = "unknown_crs"


class UnknownArea(InvalidInput):
    """There is no such administrative area."""

    code = "unknown_area"


class NotSignedIn(ReliefError):
    """Sign in, or send a token."""

    code = "not_signed_in"
    status = 401


class Forbidden(ReliefError):
    """This token may not do that."""

    code = "forbidden"
    status = 403


class NotFound(ReliefError):
    """There is no such thing here."""

    code = "not_found"
    status = 404


class WrongMethod(ReliefError):
    """This can't be done here."""

    code = "method_not_allowed"
    status = 405


class UnknownFormat(ReliefError):
    """The answer can't be given in that format."""

    code = "format"
    status = 406


class Stale(ReliefError):
    """It has been changed meanwhile."""

    code = "stale"
    status = 412


class VersionMissing(ReliefError):
    """Say which version is to be changed."""

    code = "if_match_required"
    status = 428


class Conflict(ReliefError):
    """It contradicts what is on file."""

    code = "conflict"
    status = 409


class EventClosed(Conflict):
    """The event is closed."""

    code = "event_closed"


class KeyReused(Conflict):
    """The same key came with another body."""

    code = "idempotency_key_reused"


class TooLarge(ReliefError):
    """The body is larger than the server takes."""

    code = "too_large"
    status = 413


class UnknownMediaType(ReliefError):
    """The body is in a format that is not read here."""

    code = "media_type"
    status = 415


class Unavailable(ReliefError):
    """The store can't answer just now."""

    code = "unavailable"
    status = 503


class StorageFull(ReliefError):
    """There is no room left on the server's disk."""

    code = "storage_full"
    status = 507


class StoreVersion(ReliefError):
    """The database and the program are of different versions."""

    code = "store_version"
    status = 503


class SetupRefused(ReliefError):
    """The machine lacks something that the program needs."""

    code = "setup"
    status = 500


class InvalidPlan(InvalidInput):
    """The plan contradicts itself or leaves something out."""

    code = "invalid_plan"


class LevelMoved(ReliefError):
    """The figures no longer call for this level."""

    code = "level_moved"
    status = 412
