"""The labelled pairs, and how they were drawn."""
