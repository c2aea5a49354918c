"""What records tells whoever listens, inside the transaction of the act: of duties and of awards."""

from typing import Final

from blinker import Namespace

_signals = Namespace()

award_made: Final = _signals.signal("award-made")
"""Sent once for each new award, as `award_made.send(award, by=user_or_none, at=instant)`; the award has its id."""

award_revoked: Final = _signals.signal("award-revoked")
"""Sent once for each revocation, as `award_revoked.send(award, by=user_or_none, at=instant)`."""

awards_changed: Final = _signals.signal("awards-changed")
"""Sent once for an act, as `awards_changed.send(..., person_ids=[…], at=instant)`: to whom something was
awarded or from whom it was revoked, each person once. A class of many people is one act."""

duties_changed: Final = _signals.signal("duties-changed")
"""Sent as `duties_changed.send(..., person_ids=[…], at=instant)`: whose duties may have changed, each person once."""
