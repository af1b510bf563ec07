"""The fake's own contract, OpenAPI 3.1, generated from the routes and the shapes that check requests."""
