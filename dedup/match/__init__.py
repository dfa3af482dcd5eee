"""From candidate pairs to confirmed matches, their differences and their groups."""
