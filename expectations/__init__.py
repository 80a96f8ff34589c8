"""All the Great Expectations there is: suites as values, and one place that runs them."""

from expectations.suites import Expectation, Layer, Suite, all_suites, suites_of

__all__ = ["Expectation", "Layer", "Suite", "all_suites", "suites_of"]
