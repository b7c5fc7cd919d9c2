"""Errors that a user can cure; each message says where, what, and what to do."""


class LitlodError(Exception):
    """Root of all errors of ours; `exit_code` is what the command line returns for it."""

    exit_code = 1


class UsageError(LitlodError):
    """The request itself makes no sense: a wrong option, a wrong base IRI, an unknown format."""

    exit_code = 2


class InputError(LitlodError):
    """A file cannot be found, read or written."""

    exit_code = 3


class ReleaseError(LitlodError):
    """A release is absent, damaged, or being built by somebody else."""


class DamagedRelease(ReleaseError):
    """The files of a release are not those that were built."""
