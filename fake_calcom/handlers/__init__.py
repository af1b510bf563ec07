"""One module a resource: from a request to an answer."""
