/** What measurements are compared with; not part of the kernel table. */
export { peak_f32 } from "../build/generated/peak-loop";
