"""From keys to candidate pairs: shingles, MinHash signatures, bands.

Only large input comes here (all pairs serve small input), so numpy and datasketch load with
these modules and not with `import dedup`.
"""
