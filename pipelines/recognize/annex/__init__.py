"""The statistics annex of 2014 and before: a list of indicators."""
