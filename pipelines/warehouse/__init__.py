"""Lake → warehouse: lake files, Arrow tables, SQL models and their runner, the loader, rules over
one document or all, and whether the result may be published.

Nothing is imported here: a query of the release needs one of these modules, and not the others.
"""
