"""All the Great Expectations there is: checks as values, and one place that runs them."""

from expectations.checks import Check, all_checks

__all__ = ["Check", "all_checks"]
