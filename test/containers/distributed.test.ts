// Distributed jobs in containers, one a node: the ranks find and answer each other, and MPI needs mpirun in the image.
import assert from "node:assert/strict";
import { it } from "node:test";
import { images, requireDocker } from "../support/docker.ts";
import { openContainerHome } from "./container-home.ts";

const job = (
  distribution: string,
) => `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: python talk.py
code: src
environment: {image: "${images.python}"}
compute: local
resources: {instance_count: 2}
distribution: {type: ${distribution}, process_count_per_instance: 2}
`;

/** Each rank sends its number to rank 0 and gets the sum of all. */
const script = `import os, socket, time
rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
place = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
if rank == 0:
    server, peers, total = socket.create_server(place), [], 0
    while len(peers) < size - 1:
        peer, _ = server.accept()
        total += int(peer.recv(9))
        peers.append(peer)
    for peer in peers:
        peer.sendall(str(total).encode())
else:
    while True:
        try:
            peer = socket.create_connection(place)
            break
        except OSError:
            time.sleep(0.1)
    peer.sendall(str(rank).encode())
    total = int(peer.recv(9))
print(f"rank {rank} is {os.environ['LOCAL_RANK']} on node {os.environ['NODE_RANK']} of {size}: {total}")
`;

it("2 nodes with 2 processes each talk to each other in containers", { timeout: 300_000 }, async (t) => {
  const docker = await requireDocker(t);
  if (!docker) return;
  await using home = await openContainerHome(docker);
  await home.file("src/talk.py", script);

  const ended = await home.runJob("talk", job("pytorch"));

  assert.equal(ended.status, "Completed", ended.shown);
  for (const [rank, local, node] of [
    [0, 0, 0],
    [1, 1, 0],
    [2, 0, 1],
    [3, 1, 1],
  ])
    assert.ok(ended.shown.includes(`rank ${rank} is ${local} on node ${node} of 4: 6`), ended.shown);
  assert.deepEqual(await docker.containers(home.folder), []);

  const mpi = await home.runJob("mpi", job("mpi"));

  assert.equal(mpi.status, "Failed", mpi.shown);
  assert.match(
    mpi.error!.error.message,
    /the image trainyard-test\/python:1 has no mpirun\ninstall Open MPI/,
  );
});
