"""Rows to documents: JSON lines, CSV and columnar tables, a row at a time."""
