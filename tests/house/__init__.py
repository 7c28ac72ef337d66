"""The house itself: floors, guarded routes, documents, words, the tree, migrations."""
