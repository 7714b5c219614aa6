// From the command line's start to the first line out of a container of an image that is here.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { alternate } from "./benchmark.ts";
import type { Benchmark, Comparison } from "./benchmark.ts";
import { openHouse, trainyard } from "./house.ts";
import { runProgram, timeToLine } from "./processes.ts";

const image = "trainyard-test/plain:1";
const marker = "Hello from a container";
const command = `echo ${marker}`;

export const containers: Benchmark = {
  name: "containers",
  about: `\`trainyard job create -f job.yml --stream\` of a job in a container, with the server up and the image here, from the start of the process to the job's first line on the terminal; against \`docker run --rm\` of the same image and command. Needs Docker and the tests' images (test/support/make-images.sh)`,
  async run(rounds = 10): Promise<Comparison[]> {
    await runProgram("docker", ["image", "inspect", image]);
    await using house = openHouse();
    const env = { ...house.env, TRAINYARD_CONTAINERS: "always" };
    const job = join(house.home, "job.yml");
    writeFileSync(job, `command: ${command}\nenvironment: {image: "${image}"}\ncompute: local\n`);
    const ours = () => timeToLine(trainyard, ["job", "create", "--file", job, "--stream"], marker, { env });
    const peer = () =>
      timeToLine("docker", ["run", "--rm", "--network", "host", image, "sh", "-c", command], marker);
    await ours();
    const samples = await alternate(rounds, ours, peer);
    return [
      {
        what: "to the first line, image here",
        unit: "ms",
        ours: samples.ours,
        peer: { name: "docker run", samples: samples.peer },
        target: { mostAbovePeer: 1000 },
      },
    ];
  },
};
