from __future__ import annotations

from smtui.tui.guard import KeyGuard


def test_keys_count_while_nothing_is_asked() -> None:
    guard = KeyGuard(0.3)
    assert guard.admits(10.0)
    assert guard.admits(10.01)
    assert guard.dropped == 0


def test_a_question_waits_for_quiet() -> None:
    guard = KeyGuard(0.3)
    guard.question(10.0)
    assert not guard.admits(9.9)  # typed before, arrived late
    assert not guard.admits(10.2)
    assert not guard.admits(10.45)  # within 0.3 s of the one before
    assert guard.admits(10.8)
    assert guard.dropped == 3


def test_a_paste_of_any_length_falls_through() -> None:
    guard = KeyGuard(0.3)
    guard.question(10.0)
    assert not any(guard.admits(10.0 + 0.05 * key) for key in range(1, 500))


def test_the_next_question_counts_anew() -> None:
    guard = KeyGuard(0.3)
    guard.question(10.0)
    guard.admits(10.1)
    guard.question(20.0)
    assert guard.dropped == 0
    guard.drop()
    assert guard.dropped == 1


def test_keys_that_come_together_are_hurried() -> None:
    guard = KeyGuard(0.3)
    guard.admits(10.0)
    assert not guard.hurried
    guard.admits(10.1)
    assert guard.hurried
    guard.admits(10.5)
    assert not guard.hurried
