"""Decides, writes the intent, runs, writes the outcome; knows no screen and no protocol."""
