"""One file a step, in the order of history. A step is never changed once it has run somewhere."""
