"""Figures that the prose states."""
