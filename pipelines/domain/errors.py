"""What can go wrong, told apart. Every message names the thing, the place and what to do."""


class OgiError(Exception):
    """The base of all errors that a user may see; its text is one line."""


class SettingsError(OgiError):
    """A setting is missing or makes no sense."""


class FormError(OgiError):
    """A file under data/forms/ breaks the rules of forms."""


class ReferenceDataError(OgiError):
    """A file under data/reference/ breaks the rules of the registry."""


class UnreadableDocument(OgiError):  # noqa: N818 - the contract speaks of outcomes
    """The bytes cannot be read as a document: outcome `failed`."""


class MissingSoftware(UnreadableDocument):
    """Software that a reader needs is not installed; the message says how to install it."""


class NotAReport(OgiError):  # noqa: N818 - the same
    """The document was read and is no annual report: outcome `not_a_report`."""
