"""The booking core: books through Cal.com, disbelieves its answers, and tells callers the truth."""
