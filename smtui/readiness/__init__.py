"""Whether a deployment could be recovered today: read-only looks, each named, with what to do."""
