// What an environment consists of.
import { stringifyConda } from "./stringify-conda.ts";
import type { Asset } from "../../api/asset-queries.ts";
import { CopyButton } from "../../ui/copy.tsx";
import { Part } from "../sweep/parts.tsx";

type Environment = Extract<Asset["content"], { kind: "environment" }>["environment"];

export function EnvironmentContent({ environment }: { environment: Environment }) {
  const { image, build, conda, pip, userManaged, environmentVariables } = environment;
  const texts = [
    ...(conda ? [["conda file", stringifyConda(conda)] as const] : []),
    ...(pip ? [["requirements", pip.join("\n")] as const] : []),
    ...(build ? [["Dockerfile", build.dockerfile] as const] : []),
    ...(environmentVariables && Object.keys(environmentVariables).length > 0
      ? [
          [
            "variables",
            Object.entries(environmentVariables)
              .map(([name, value]) => `${name}=${value}`)
              .join("\n"),
          ] as const,
        ]
      : []),
  ];
  return (
    <Part title="What it consists of">
      {(image !== undefined || userManaged) && (
        <dl className="asset-facts">
          {image !== undefined && (
            <>
              <dt>Image</dt>
              <dd>
                <code>{image}</code>
              </dd>
            </>
          )}
          {userManaged && (
            <>
              <dt>Interpreter</dt>
              <dd>
                <code>{userManaged.interpreter}</code>
              </dd>
            </>
          )}
        </dl>
      )}
      {texts.map(([what, text]) => (
        <section key={what} className="registry-text-part" aria-label={what}>
          <header>
            <h3>{what}</h3>
            <CopyButton text={text} label={`Copy the ${what}`} />
          </header>
          <pre tabIndex={0}>{text}</pre>
        </section>
      ))}
    </Part>
  );
}
