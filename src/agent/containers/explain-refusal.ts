// What to make of an engine's refusal: its own words stand as they are, this says what to do about them.

const symptoms: readonly [RegExp, string][] = [
  [
    /no such host|dial tcp|i\/o timeout|TLS handshake|connection refused|network is unreachable|server misbehaving|context deadline/i,
    "The engine could not reach the registry: check its network and its proxy (a service has settings of its own, not your shell's), or bring the image with docker load.",
  ],
  [
    /toomanyrequests|rate limit/i,
    "The registry gives anonymous callers only so many images: docker login raises that.",
  ],
  [
    /access denied|unauthorized|authentication required|no basic auth|denied:/i,
    "There is no such image, or it takes a login: docker login <registry> as the user that runs Trainyard.",
  ],
  [
    /no matching manifest|does not match the (detected|specified) .*platform/i,
    "The image is not made for this kind of machine.",
  ],
  [
    /manifest.*(unknown|not found)|not found: manifest|repository .* not found|name unknown/i,
    "Check the image's name and its tag.",
  ],
  [/invalid reference format/i, "An image is named registry/name:tag, in lower case."],
  [/no space left on device/i, "The engine's disk is full: docker system prune frees what nobody uses."],
  [
    /could not select device driver|nvidia-container-cli|unknown or invalid runtime name: nvidia/i,
    "The engine cannot hand out the GPUs: install the NVIDIA Container Toolkit and set it up for this engine (nvidia-ctk runtime configure), or leave --gpus out.",
  ],
  [
    /exec: "?\/bin\/sh|\/bin\/sh.*no such file|executable file `?\/bin\/sh/i,
    "The image has no /bin/sh, and a job's command is a shell's: use an image with a shell (many that have none have a variant with one, such as :debug).",
  ],
  [
    /exec format error/i,
    "The image is made for another kind of processor: choose another one, or install qemu for it.",
  ],
  [
    /network .* not found|bridge.*(not|disabled)/i,
    "The engine has no such network: leave --network out to use the machine's own.",
  ],
  [
    /bind source path does not exist|invalid mount config|mounts denied/i,
    "The engine does not see that folder: it must run on this machine, and on this machine's files.",
  ],
  [
    /requires BuildKit|unknown flag/i,
    "This engine's builder does not know what the Dockerfile asks for: a newer engine does.",
  ],
];

export const hintFor = (message: string): string | undefined =>
  symptoms.find(([pattern]) => pattern.test(message))?.[1];

/** How to do without: said where a job cannot go on in its image. */
export const withoutImageHint =
  "To run with this machine's own tools instead of the image, give the job the property trainyard.containers: never.";
