"""What the core needs from the world, each as a Protocol. Only `bootstrap` knows who provides it."""
