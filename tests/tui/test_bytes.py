"""What one key costs over the link. Bytes do not depend on the machine."""

from __future__ import annotations

from tests.benchmarks import keys


def test_a_key_inside_the_view_brings_at_most_400_bytes_for_the_list() -> None:
    screen = keys.session(keys.NEVER)
    try:
        assert 0 < keys.bytes_in_view(screen) <= 400
    finally:
        screen.close()
