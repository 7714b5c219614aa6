// The keys that do something on the present page.
import { useState } from "react";
import { Dialog } from "./dialog.tsx";
import { listHotkeys } from "./hotkeys.ts";
import { Keys } from "./keys.tsx";

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const [hotkeys] = useState(listHotkeys);
  const groups = Map.groupBy(hotkeys, ({ group }) => group);
  return (
    <Dialog title="Keys" onClose={onClose} width={640}>
      <div className="key-groups">
        {[...groups].map(([group, keys]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {keys.map(({ keys: of, label }) => (
                <div key={of}>
                  <dt>{label}</dt>
                  <dd>
                    <Keys of={of} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
