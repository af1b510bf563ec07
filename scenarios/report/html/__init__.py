"""Reports that people look at: one HTML file each, whole in itself, that asks nothing of any network."""
