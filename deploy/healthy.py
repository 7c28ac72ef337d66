"""Exit code 0 where the server of this container is ready, 1 with its sentence where it is not (`/health/ready`)."""

import http.client
import os
import sys

PORT = int(os.environ.get("GUATU_HEALTH_PORT", "8000"))


def main() -> int:
    """Ask once."""
    door = http.client.HTTPConnection("127.0.0.1", PORT, timeout=4)
    try:
        door.request("GET", "/health/ready")
        answer = door.getresponse()
        told = answer.read().decode()
    except OSError as error:
        told, status = str(error), 0
    else:
        status = answer.status
    finally:
        door.close()
    if status == http.HTTPStatus.OK:
        return 0
    sys.stderr.write(f"{told}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
