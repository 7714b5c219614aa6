// Before the first drawing, so that a page never flashes in the other theme. A file, since the policy allows no script in the page.
try {
  const theme = localStorage.getItem("trainyard-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing shows the system's theme.
}
