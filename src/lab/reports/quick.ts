/** How every form of a report marks a quick study. @module */

export const QUICK_TITLE = "Quick study";
export const QUICK_TEXT = "Fewer training images and fewer seeds than the whole study has: its figures are not the whole study's.";
