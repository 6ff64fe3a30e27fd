"""smtui: recover System Center Service Manager from interactive checklists."""

__version__ = "0.1.0"
