"""The lake: canonical tables as Parquet in a folder or a bucket, published whole and read by manifest.

    current.json                                       which manifest is in force; replaced at once
    manifests/SNAPSHOT-DIGEST.json                     every file with its rows and checksum
    tables/TABLE/season=…/season_type=…/DIGEST/…       what is served, and catalogued in Glue
    catalogues/DATABASE.json                           the states that a Glue database may name
    staged/TABLE/season=…/season_type=…/DIGEST/…       what each source gave, to rebuild a warehouse from

Files are named by their content and never changed, so that a reader who has a manifest has all of its files.
"""
