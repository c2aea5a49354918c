"""Who may see figures and publish reports of which part of the country."""

from lms.accounts.models import User
from lms.registry.policies import LEADING


def can_see_figures(user: User) -> bool:
    """Figures are for those who lead somewhere; of which units, registry.policies.can_see_unit says."""
    return user.has_role(*LEADING)
