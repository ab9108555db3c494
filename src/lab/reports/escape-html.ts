/** Text in HTML. @module */

/** Text for HTML, in elements and in quoted attributes; without control characters, that pages may not hold. */
export const escapeHtml = (text: string): string =>
  text
    .replace(/[^\P{Cc}\n\t]+/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
