"""How long simulated things take, in real seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Short enough for a rehearsal, long enough to be killed in between."""

    service: float = 0.3
    """From StopPending to Stopped, and from StartPending to Running."""
    hanging_service: float = 60.0
    """The same where the fault `service-hangs-stopping` strikes."""
    patience: float = 5.0
    """Longest wait of a script for a service; a wait of minutes would teach nothing."""
    reboot: float = 1.0
    """A restarting host resets every connection for this long."""
    held: float = 0.05
    """For this long output of the PowerShell host waits for more, as host.ps1 does it."""
