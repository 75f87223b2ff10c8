"""Real browsers through a real proxy."""
