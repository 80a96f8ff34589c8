"""Text formats: what every package needs to parse text."""
