/** A worker's clock: browsers slow the timers of a page that is not looked at down to one a minute, but not a worker's. */
import { TICK_MS } from "./line";

setInterval(() => self.postMessage("tick"), TICK_MS);
