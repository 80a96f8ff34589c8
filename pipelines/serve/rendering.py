"""HTML pages: a template of templates/ and the values it shows.

Markup, styles and the words of a page are in its template; Python gives values only.
"""

from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.domain import Place
from pipelines.serve.laid_out import cell_code, shown
from pipelines.serve.reading_json import plain


def render(template: str, **values: object) -> str:
    """The page that `template` makes of `values`; every value is escaped.

    Raises:
        jinja2.TemplateNotFound: there is no such template.
        jinja2.UndefinedError: the template names a value that is not given.
    """
    return _ENVIRONMENT.get_template(template).render(values)


def _place(place: Place) -> str:
    """The known parts of a place with their names, a box as four numbers in points."""
    return ", ".join(
        f"{name} {' '.join(f'{at:g}' for at in value) if name == 'box' else value}"
        for name, value in place.as_json().items()
    )


def _printed(value: Decimal) -> str:
    """A decimal without exponent, with the digits that the document prints."""
    return f"{value:f}"


_ENVIRONMENT = Environment(
    loader=PackageLoader("pipelines.serve"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters |= {
    "cell_code": cell_code,
    "place": _place,
    "plain": plain,
    "printed": _printed,
    "repr": repr,
    "shown": shown,
}
