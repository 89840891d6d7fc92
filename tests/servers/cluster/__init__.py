"""A Kubernetes API server for tests: it keeps state, runs controllers, and the real kubectl works against it.

    with cluster(tmp_path) as c:                       # or the fixture `kubernetes`
        subprocess.run([kubectl(), "get", "pods"], env={**os.environ, **c.environment})

* `c.add(body)`, `c.get("deployments", name)`, `c.all("pods")`, `c.change(plural, name, edit)`: its objects.
* `c.world.images["*:broken"] = Image("missing" | "never ready" | "crash loop" | "ready", seconds=0.1)`: what
  becomes of the containers of an image. `progressDeadlineSeconds` of a deployment counts real seconds.
* `c.world.forbidden |= {("patch", "deployments")}` answers 403 (and `auth can-i` says no), and so does what
  `allows` is false for, which is asked with group and name too; `failing` answers 500, `seconds` makes every
  answer slow; `c.stop()` and `c.start()` take the server away and bring it back.
* `c.world.once(lambda call: call.verb == "patch", c.stop)` does something in the middle of a command, and
  `c.world.calls` has every request.
* `c.world.backends["nba-mcp-synthesis"] = url`: who answers behind port-forward and the proxies of pods and
  services. `c.world.execute = f(pod, container, command, stdin) -> Executed`: what exec does.
* `c.world.usage`, `node_usage`, `has_metrics`, `utilization`, `logs`: what top, the autoscaler and logs show.

Resources are data (`kinds.toml`). Controllers: deployments, replica sets, pods, endpoints and slices,
autoscalers, disruption budgets, jobs. Daemon sets, stateful sets, cron jobs, ingresses, network policies and
custom resources are kept and nothing acts on them. Fields are not checked against schemas, owners of fields
are not kept (server-side apply never conflicts), finalizers and graceful deletion do not exist, attach and cp
are not served, nor is `kubectl create job` but with --dry-run=client (it sends protobuf). As a process:
`python -m servers.cluster --help`, told by POST to `/double/…` (control.py).
"""

from servers.cluster.server import NAMESPACE, Cluster, cluster
from servers.cluster.world import Asked, Call, Executed, Image, World

__all__ = ["NAMESPACE", "Asked", "Call", "Cluster", "Executed", "Image", "World", "cluster"]
