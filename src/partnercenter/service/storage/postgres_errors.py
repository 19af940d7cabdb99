"""What an error of PostgreSQL means for a batch: run it again, run its parts alone, or say that it failed.

The codes are those of the PostgreSQL manual, "Appendix A. PostgreSQL Error Codes".
"""

from __future__ import annotations

from partnercenter.service.storage import LockedError, NothingWrittenError, StorageUnavailableError


class RaceError(NothingWrittenError):
    """Another node was faster, and surely nothing is stored: run anew, the batch sees what that one did."""


class LostError(StorageUnavailableError):
    """The connection is gone. Only if no COMMIT had been sent is it known that nothing is stored."""


_RACES = {
    "40001",  # serialization failure
    "40P01",  # deadlock
    "23505",  # unique: another node stored the row first
    "22012",  # division by zero: how a statement of ours says that a row is not as it was
}
# Perhaps one operation of the batch cannot be stored: its data, its size, a lock or a time that it alone waits for.
_LOCKED = "55P03"
_OF_ONE = "57014"  # statement timeout
_OF_ONE_CLASSES = {"22", "23", "54"}  # data exception; integrity constraint; program limit
_READ_ONLY = "25006"  # this server is no longer the one that writes


def meaning(code: str, severity: str) -> StorageUnavailableError:
    """What to raise for an error that the server told.

    code: its SQLSTATE, which holds no data, unlike the text. severity: ERROR, or FATAL if the connection ends too.
    """
    text = f"PostgreSQL: error {code}"
    if severity != "ERROR" or code == _READ_ONLY:
        return LostError(text)
    if code in _RACES:
        return RaceError(text)
    if code == _LOCKED:
        return LockedError(text)
    if code == _OF_ONE or code[:2] in _OF_ONE_CLASSES:
        return NothingWrittenError(text)
    return StorageUnavailableError(text)
