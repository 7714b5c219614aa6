// A list that stays the same object while its members stay the same, for what is computed from it.
import { useRef } from "react";

export function useSameList<T>(list: readonly T[]): readonly T[] {
  const kept = useRef(list);
  const isSame =
    kept.current.length === list.length && list.every((one, index) => Object.is(one, kept.current[index]));
  if (!isSame) kept.current = list;
  return kept.current;
}
