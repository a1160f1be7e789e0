"""What the example scripts share: calls to a running stack over HTTP, with nothing but Python's standard library."""

import email
import email.policy
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent


class StackClient:
    """The stack of a ``stack.json``. ``run`` is different in every run, for names that have to be new."""

    def __init__(self, stack: dict[str, Any]):
        self.stack = stack
        self.api = stack["api_url"]
        self.run = format(int(time.time() * 10), "x")
        self.step_number = 0

    @classmethod
    def from_arguments(cls) -> "StackClient":
        """The stack whose file is the first argument, or else the one that `make run` started here."""
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / ".local" / "stack.json"
        if not path.exists():
            raise SystemExit("There is no running stack: `make run DETACH=1` first.")
        return cls(json.loads(path.read_text()))

    def step(self, title: str) -> None:
        """Begin a step."""
        self.step_number += 1
        print(f"\n\033[1m{self.step_number}. {title}\033[0m", flush=True)

    def http(self, method: str, url: str, body: Any = None, *, key: bool = True, form: bool = False) -> tuple[int, Any]:
        """One request; the status and the parsed answer."""
        headers = {}
        data = None
        if key:
            headers["Authorization"] = f"Bearer {self.stack['api_key']}"
        if body is not None and form:
            data, headers["Content-Type"] = body.encode(), "application/x-www-form-urlencoded"
        elif body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        status, content, kind = self.send(method, url, data, headers)
        parsed = json.loads(content) if "json" in kind and content else content.decode("utf-8", "replace")
        return status, parsed

    def send(self, method: str, url: str, data: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes, str]:
        """One request as it is; status, content and its type."""
        request = urllib.request.Request(url, data=data, headers=dict(headers), method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.read(), response.headers.get("content-type", "")
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers.get("content-type", "")

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200, key: bool = True) -> Any:
        """One call of the API that has to end with this status."""
        status, answer = self.http(method, self.api + path, body, key=key)
        if status != expect:
            raise SystemExit(f"{method} {path} answered {status}, not {expect}:\n{json.dumps(answer, indent=1)}")
        return answer

    def all(self, path: str) -> list[Any]:
        """All items of a list, page by page."""
        found: list[Any] = []
        cursor = ""
        while True:
            joined = path + ("&" if "?" in path else "?") + "limit=100" + (f"&cursor={cursor}" if cursor else "")
            page = self.call("GET", joined)
            found += page["items"]
            cursor = urllib.parse.quote(page["next_cursor"] or "")
            if not cursor:
                return found

    def upload(self, upload: Mapping[str, Any], file_name: str, content: bytes, content_type: str) -> None:
        """Send a file where the API permitted it: as a form, the file last, or as it is."""
        if upload.get("fields"):
            boundary = uuid.uuid4().hex
            parts = [
                f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                for name, value in upload["fields"].items()
            ]
            parts.append(
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
                f"Content-Type: {content_type}\r\n\r\n".encode()
            )
            data = b"".join(parts) + content + f"\r\n--{boundary}--\r\n".encode()
            headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        else:
            data, headers = content, dict(upload.get("headers") or {})
        status, answer, _ = self.send(upload["method"], upload["url"], data, headers)
        if status >= 300:
            raise SystemExit(f"The upload answered {status}:\n{answer.decode(errors='replace')}")

    def wait(self, what: str, look: Callable[[], Any], seconds: float = 60) -> Any:
        """Look again until there is something to see."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            found = look()
            if found:
                print(f"   {what}: after {time.monotonic() - started:.1f} s", flush=True)
                return found
            time.sleep(0.25)
        raise SystemExit(f"{what}: not within {seconds:.0f} s")

    def job(self, job: Mapping[str, Any], seconds: float = 120) -> Any:
        """A job's end; it has to be a good one."""

        def ended() -> Any:
            now = self.call("GET", f"/jobs/{job['id']}")
            return now if now["state"] in ("done", "failed", "cancelled") else None

        done = self.wait(f"{job['kind']} done", ended, seconds)
        if done["state"] != "done":
            raise SystemExit(f"The job ended {done['state']}: {done.get('error')}")
        return done

    def mail_to(self, address: str, subject: str) -> Any:
        """The newest caught mail to this address with this subject, parsed from its source, or None."""
        _, caught = self.http("GET", self.stack["mail_url"] + "/email", key=False)
        for item in reversed(caught):
            if subject in item.get("subject", "") and address in json.dumps(item.get("to", [])):
                _, source = self.http("GET", f"{self.stack['mail_url']}/email/{item['id']}/source", key=False)
                return email.message_from_string(source, policy=email.policy.default)
        return None
