// Gives the browser's user a file that the page itself has made.

export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Once the click has been seen the file is the browser's.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
