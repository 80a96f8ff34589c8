"""Dagster only: what runs, when, and what is shown of it. The work itself is in `pipelines.runs`
and `expectations`. Importing this package alone imports no Dagster."""
