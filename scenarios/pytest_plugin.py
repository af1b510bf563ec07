"""The pytest plug-in: fixtures and markers for a project that integrates Cal.com."""
