"""Pages of websites, for the crawl and the reader: guarded parsing, addresses, links, files."""
