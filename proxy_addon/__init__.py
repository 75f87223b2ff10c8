"""Glossator: explains officially banned, mandated and euphemistic words on the pages you read."""
