"""The service, spoken to over a real socket."""
