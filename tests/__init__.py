"""Tests of Glossator."""
