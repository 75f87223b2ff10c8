"""The glossary: YAML files to a typed, checked model."""
