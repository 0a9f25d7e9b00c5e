import type { Node } from "@xyflow/react";
import type { Box } from "./tidy";

/** Blocks as they are drawn: their size, and where their ways begin. */
export function boxesOf(nodes: Node[]): Record<string, Box> {
  return Object.fromEntries(
    nodes.map((node) => {
      const element = document.querySelector(`.react-flow__node[data-id="${CSS.escape(node.id)}"]`);
      const height = node.measured?.height ?? 96;
      const frame = element?.getBoundingClientRect();
      const scale = frame && frame.height > 0 ? height / frame.height : 1;
      const middle = (handle: Element) => {
        const at = handle.getBoundingClientRect();
        return frame ? (at.top + at.height / 2 - frame.top) * scale : height / 2;
      };
      const ways = [...(element?.querySelectorAll(".react-flow__handle.source") ?? [])];
      const entry = element?.querySelector(".react-flow__handle.target");
      return [
        node.id,
        {
          width: node.measured?.width ?? 232,
          height,
          ways: Object.fromEntries(ways.map((each) => [each.getAttribute("data-handleid") ?? "next", middle(each)])),
          entry: entry ? middle(entry) : height / 2,
        },
      ];
    }),
  );
}
