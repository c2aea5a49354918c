"""Refusals that a person can understand; one handler turns them into pages."""


class DomainError(Exception):
    """Something the rules of the business do not allow. The message is shown to the person as it is."""

    status = 409

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(DomainError):
    """What was given cannot be used; the person can mend it and send it again."""

    status = 422


class TooManyAttempts(DomainError):
    """A door was tried too often; it opens again after a while."""

    status = 429
