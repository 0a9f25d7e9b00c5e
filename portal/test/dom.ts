import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(cleanup);

// jsdom has none of these; Mantine and the virtual lists ask for them.
const nothing = () => {};
Object.defineProperty(window, "matchMedia", {
  value: (query: string) => ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: nothing,
    removeEventListener: nothing,
    addListener: nothing,
    removeListener: nothing,
    dispatchEvent: () => false,
  }),
});
class Observer {
  observe = nothing;
  unobserve = nothing;
  disconnect = nothing;
}
Object.defineProperty(window, "ResizeObserver", { value: Observer });
Element.prototype.scrollIntoView = nothing;
