"""The stream: the tail reads what happened, the hub hands it out within a process, SSE puts it on the wire."""
