"""The glossary: reading, house rules, layout, schema."""
