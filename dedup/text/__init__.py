"""From text to paragraphs, and from a paragraph to its keys."""
