"""Every wire format and every boundary format, good and bad."""
