"""Scrapy at work: a whole night, or a look at one website. One call a process: its reactor cannot
be started twice."""

from pipelines.crawl.engine.night import crawl, look

__all__ = ["crawl", "look"]
