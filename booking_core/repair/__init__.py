"""Putting old rows right: what the incidents left behind. Every repair shows first and changes only when told to."""
