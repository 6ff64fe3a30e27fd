from __future__ import annotations

from hypothesis import settings

# A slow machine is no mistake of the code: nothing here is timed.
settings.register_profile("smtui", deadline=None)
settings.load_profile("smtui")
