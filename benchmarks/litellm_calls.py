"""Calls through LiteLLM's router, run by model_calls.py with a Python that has it: a line in, times out."""

import asyncio
import json
import sys
import time
from importlib import import_module


async def main() -> None:
    """Answers each line of the input with the milliseconds of so many calls."""
    given = json.loads(sys.argv[1])
    about = {"model": f"openai/{given['model']}", "api_base": given["url"], "api_key": "sk-none"}
    router = import_module("litellm").Router(model_list=[{"model_name": "voice", "litellm_params": about}])
    told = [{"role": "system", "content": given["system"]}, {"role": "user", "content": given["user"]}]
    while await asyncio.to_thread(sys.stdin.readline):
        found = []
        for _ in range(given["calls"]):
            started = time.perf_counter()
            await router.acompletion(model="voice", messages=told)
            found.append((time.perf_counter() - started) * 1e3)
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
