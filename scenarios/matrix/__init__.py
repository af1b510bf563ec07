"""The matrix: every subset of the layers in every scenario and database mode, with a verdict of three values."""
