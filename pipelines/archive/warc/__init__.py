"""The archive written to WARC files, and WARC files read into it."""
