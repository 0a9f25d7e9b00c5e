"""Segments: people who fit a description, found when they are asked for."""
