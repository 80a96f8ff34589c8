"""The three statutory tables, cell by cell."""
