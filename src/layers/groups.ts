/** Groups of channels of convolutions. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import { positive } from "../graph/ops/window.ts";

/** @throws ConfigError unless groups is a positive integer that divides the filters */
export function groupsOf(where: string, groups: number, filters: number): void {
  positive(where, "groups", groups);
  if (filters % groups !== 0) throw new ConfigError({ where, got: `filters = ${filters} in ${groups} groups`, expected: "as many filters for each group" });
}

/** Channels of a group. @throws ShapeError unless groups divides the channels */
export function channelsOfGroup(where: string, channels: number, groups: number): number {
  if (channels % groups === 0) return channels / groups;
  throw new ShapeError({ where, got: `${channels} channels in ${groups} groups`, expected: "as many channels for each group" });
}
