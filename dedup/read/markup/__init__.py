"""Markup to paragraphs: HTML, Markdown, whole pages, Word; each with element and line."""
