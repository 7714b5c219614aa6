// What a job may say to the engine, and what it is told otherwise.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readDockerArguments, WrongArgument } from "./docker-arguments.ts";

describe("docker_args", () => {
  it("say in docker run's words what the engine's API takes", () => {
    const options = readDockerArguments(
      `--shm-size 8g -m=512m --cpus=1.5 --gpus all -e A=1 --env "B=two words" -v /data:/data:ro ` +
        `--ulimit memlock=-1 --ulimit nofile=1024:4096 --cap-add SYS_PTRACE --network=bridge --ipc host ` +
        `--user 1000:100 --device /dev/fuse --tmpfs /scratch:size=1g --label team=vision --rm --pull always`,
    );

    assert.deepEqual(options, {
      hostConfig: {
        ShmSize: 8 * 2 ** 30,
        Memory: 512 * 2 ** 20,
        NanoCpus: 1.5e9,
        DeviceRequests: [{ Driver: "", Capabilities: [["gpu"]], Count: -1 }],
        Binds: ["/data:/data:ro"],
        Ulimits: [
          { Name: "memlock", Soft: -1, Hard: -1 },
          { Name: "nofile", Soft: 1024, Hard: 4096 },
        ],
        CapAdd: ["SYS_PTRACE"],
        NetworkMode: "bridge",
        IpcMode: "host",
        Devices: [{ PathOnHost: "/dev/fuse", PathInContainer: "/dev/fuse", CgroupPermissions: "rwm" }],
        Tmpfs: { "/scratch": "size=1g" },
      },
      variables: { A: "1", B: "two words" },
      labels: { team: "vision" },
      pull: "always",
      user: "1000:100",
    });
  });

  it("name cards by number", () => {
    assert.deepEqual(readDockerArguments("--gpus '\"device=0,2\"'").hostConfig["DeviceRequests"], [
      { Driver: "", Capabilities: [["gpu"]], DeviceIDs: ["0", "2"] },
    ]);
    assert.deepEqual(readDockerArguments("--gpus 2").hostConfig["DeviceRequests"], [
      { Driver: "", Capabilities: [["gpu"]], Count: 2 },
    ]);
  });

  for (const [text, message] of [
    ["--shmsize 2g", /"--shmsize", which is not known here; known: --add-host, --cap-add/],
    ["--memory lots", /--memory is "lots"; it takes a number and b, k, m or g/],
    ["--cpus", /ends with --cpus, which takes a value/],
    ["--pid=host", /cannot have --pid: a job's processes are ended by what else runs in its container/],
    ["--env A", /--env is "A"; it takes name=value/],
    ["--pull sometimes", /takes always, missing or never/],
    ["python train.py", /"python", which is not known here/],
  ] as const) {
    it(`are refused: ${text}`, () => {
      assert.throws(
        () => readDockerArguments(text),
        (error) => error instanceof WrongArgument && message.test(error.message),
      );
    });
  }
});
