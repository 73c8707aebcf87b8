"""Calls from the tests, a line of JSON each: [name, parameters]; the answer is a line {"result"} or {"error"}."""

import json
import sys


def serve(functions):
    for line in sys.stdin:
        name, parameters = json.loads(line)
        try:
            answer = {"result": functions[name](**parameters)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
