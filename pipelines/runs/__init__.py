"""What a run does, with or without Dagster."""
