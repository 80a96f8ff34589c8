"""OGI Warehouse: China's annual reports on open government information, as data."""

__version__ = "0.1.0"
