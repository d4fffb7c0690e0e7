"""What those who write the course use: building notebooks, and finding their faults."""
