"""Cal.com over HTTP: the only place that knows its JSON, its headers and its habits."""
