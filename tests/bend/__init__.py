"""When it bends: one file for each fault, with what people see, what is kept, and what recovers by itself."""
