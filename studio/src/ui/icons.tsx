// Small inline drawings in the colour of the text beside them. They are never the only name of a thing.
import type { ReactNode } from "react";

export interface IconProps {
  size?: number;
  className?: string;
}

const stroked = (drawing: ReactNode) =>
  function Icon({ size = 16, className }: IconProps) {
    return (
      <svg
        className={className}
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {drawing}
      </svg>
    );
  };

export const JobsIcon = stroked(<path d="M2.5 4h11M2.5 8h11M2.5 12h7" />);
export const ModelsIcon = stroked(
  <path d="M8 1.8 13.5 5v6L8 14.2 2.5 11V5L8 1.8ZM2.7 5.1 8 8.1l5.3-3M8 8.2v5.8" />,
);
export const DataIcon = stroked(
  <>
    <ellipse cx="8" cy="4" rx="5.2" ry="2.1" />
    <path d="M2.8 4v8c0 1.2 2.3 2.1 5.2 2.1s5.2-.9 5.2-2.1V4M2.8 8c0 1.2 2.3 2.1 5.2 2.1s5.2-.9 5.2-2.1" />
  </>,
);
export const EnvironmentsIcon = stroked(
  <path d="M8 2 2.5 4.8 8 7.6l5.5-2.8L8 2ZM2.5 8 8 10.8 13.5 8M2.5 11.2 8 14l5.5-2.8" />,
);
export const ComputeIcon = stroked(
  <>
    <rect x="4" y="4" width="8" height="8" rx="1.5" />
    <path d="M6.5 4V2M9.5 4V2M6.5 14v-2M9.5 14v-2M4 6.5H2M4 9.5H2M14 6.5h-2M14 9.5h-2" />
  </>,
);
export const SubmitIcon = stroked(<path d="M8 3v10M3 8h10" />);
export const SettingsIcon = stroked(
  <path d="M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M8.5 4.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 0 0-3 0ZM4.5 11.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 0 0-3 0Z" />,
);
export const SearchIcon = stroked(<path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.6 10.6 14 14" />);
export const FilterIcon = stroked(<path d="M2 3.5h12M4.5 8h7M6.5 12.5h3" />);
export const ColumnsIcon = stroked(
  <>
    <rect x="2" y="3" width="12" height="10" rx="1.5" />
    <path d="M6 3v10M10 3v10" />
  </>,
);
export const ChevronDownIcon = stroked(<path d="m4 6 4 4 4-4" />);
export const ChevronRightIcon = stroked(<path d="m6 4 4 4-4 4" />);
export const ArrowUpIcon = stroked(<path d="M8 13V3M4 7l4-4 4 4" />);
export const ArrowDownIcon = stroked(<path d="M8 3v10M4 9l4 4 4-4" />);
export const CheckIcon = stroked(<path d="m3 8.5 3.2 3.2L13 4.8" />);
export const CloseIcon = stroked(<path d="m4 4 8 8M12 4l-8 8" />);
export const CopyIcon = stroked(
  <>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
  </>,
);
export const DownloadIcon = stroked(<path d="M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11" />);
export const MoreIcon = stroked(<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.4" />);
export const StopIcon = stroked(<rect x="4" y="4" width="8" height="8" rx="1.2" />);
export const ArchiveIcon = stroked(<path d="M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 9h3" />);
export const TagIcon = stroked(<path d="M2.5 2.5h5l6 6-5 5-6-6v-5ZM5.3 5.3h.01" />);
export const CompareIcon = stroked(<path d="M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5v-7M13.5 13.5v-11" />);
export const RerunIcon = stroked(<path d="M13.5 8A5.5 5.5 0 1 1 11.8 4M13.5 2v3h-3" />);
export const LinkIcon = stroked(<path d="M6.5 3H3.2v9.8H13V9.5M9 2.5h4.5V7M13.3 2.7 7.5 8.5" />);
export const FolderIcon = stroked(
  <path d="M2 4.2c0-.7.5-1.2 1.2-1.2h3l1.5 1.8h5.1c.7 0 1.2.5 1.2 1.2v5.8c0 .7-.5 1.2-1.2 1.2H3.2c-.7 0-1.2-.5-1.2-1.2V4.2Z" />,
);
export const FileIcon = stroked(<path d="M4 2h5l3.5 3.5V14H4V2ZM9 2v3.5h3.5" />);
export const ChartIcon = stroked(<path d="M2.5 2.5v11h11M5 10l2.6-3.2 2.2 1.8L13 4.5" />);
export const WarningIcon = stroked(<path d="M8 2.2 14.3 13H1.7L8 2.2ZM8 6.5v3M8 11.4h.01" />);
export const InfoIcon = stroked(<path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.5v3.2M8 5.2h.01" />);
export const SunIcon = stroked(
  <path d="M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9" />,
);
export const MoonIcon = stroked(<path d="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z" />);
export const ScreenIcon = stroked(<path d="M2 3h12v8H2zM5.5 13.8h5M8 11v2.8" />);
export const KeyboardIcon = stroked(
  <path d="M1.8 4h12.4v8.2H1.8zM4.2 6.6h.01M6.7 6.6h.01M9.3 6.6h.01M11.8 6.6h.01M5 9.8h6" />,
);
export const SparkIcon = stroked(<path d="M1.5 11.5 5 6.8l2.8 2.6L10.5 4l4 5" />);
export const TreeIcon = stroked(<path d="M3 2.5v9h4M3 6.5h4M9.5 5h4v3h-4zM9.5 10h4v3h-4z" />);
