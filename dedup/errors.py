"""The exceptions of dedup.

    DedupError
    ├── SettingsError (ValueError)   a setting out of its range, or unknown
    ├── InputError (TypeError)       a value that no reader takes
    └── ReadError                    an input that cannot be read: place, finding, remedy
        └── ArchiveError             an archive that cannot be opened, asked or written

In a scan, what cannot be read is no exception but a `Problem` in the report: the other inputs go on.
"""


class DedupError(Exception):
    """Stand above every exception that dedup raises on purpose."""


class SettingsError(DedupError, ValueError):
    """Say which setting is wrong, what was given, and what would be right."""


class InputError(DedupError, TypeError):
    """Say which input is of a type that dedup does not read."""


class ReadError(DedupError):
    """Carry what a `Problem` says: the place, what was found there, and what to try."""

    def __init__(self, place: str, finding: str, remedy: str = "") -> None:
        super().__init__(f"{place}: {finding}" + (f"; {remedy}" if remedy else ""))
        self.place = place
        self.finding = finding
        self.remedy = remedy


class ArchiveError(ReadError):
    """Say what of an archive could not be done; what it held before it still holds."""


class ScratchError(DedupError):
    """Temporary files cannot be written: the run ends, for what it has gathered is not whole."""
