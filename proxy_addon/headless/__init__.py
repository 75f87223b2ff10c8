"""The engine without a proxy: pages and collections from files, for scripts, continuous integration and research."""
