"""The screens: a projection of the session's state."""
