"""From keys to candidate pairs: shingles, MinHash signatures, bands.

Only large input comes here (all pairs serve small input), so numpy loads with these modules and not
with `import dedup`; datasketch only where it signs as the reference, or is handed our signatures.
"""
