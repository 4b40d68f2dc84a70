"""Statistical models: arrays and series in, frozen results out; no files and no drawing."""
