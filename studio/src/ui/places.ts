// The places that the rail leads to. One whose pages are not there is not shown.
import {
  ComputeIcon,
  DataIcon,
  EnvironmentsIcon,
  JobsIcon,
  ModelsIcon,
  SettingsIcon,
  SubmitIcon,
} from "./icons.tsx";

export interface Place {
  to: string;
  label: string;
  /** After `g`. */
  key: string;
  Icon: typeof JobsIcon;
}

export const places: readonly Place[] = [
  { to: "/", label: "Jobs", key: "j", Icon: JobsIcon },
  { to: "/models", label: "Models", key: "m", Icon: ModelsIcon },
  { to: "/data", label: "Data", key: "d", Icon: DataIcon },
  { to: "/environments", label: "Environments", key: "e", Icon: EnvironmentsIcon },
  { to: "/compute", label: "Compute", key: "c", Icon: ComputeIcon },
  { to: "/submit", label: "Submit", key: "s", Icon: SubmitIcon },
  { to: "/settings", label: "Settings", key: ",", Icon: SettingsIcon },
];
