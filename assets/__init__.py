"""All the Dagster there is. Importing this package alone imports none of it."""
