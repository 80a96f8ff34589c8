"""Whose report it is, and of which year."""
