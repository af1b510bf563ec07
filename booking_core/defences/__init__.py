"""The four layers, one file each: pure decisions over plain data."""
