"""What the platform knows about one person: told to them, or forgotten everywhere."""
