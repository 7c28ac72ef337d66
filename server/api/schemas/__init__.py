"""The shapes of what comes in and goes out, one file per noun; they check form, never meaning."""
