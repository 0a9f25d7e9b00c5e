"""Which step may follow which: the definition's paths, with the inner steps of an If unfolded."""

from collections.abc import Iterator

from chalicelib.automation.definition.model import Definition, Step
from chalicelib.automation.steps import Kind, find
from chalicelib.dataclass import dataclass


@dataclass(frozen=True)
class Graph:
    """`steps` by id in reading order; `after` is where a path goes on that ends inside an If: the If itself."""

    steps: dict[str, Step]
    enclosing: dict[str, str]
    start: str

    def kind(self, step_id: str) -> Kind:
        found = find(self.steps[step_id].step_type)
        return found.kind if found else Kind.NOT_CONNECTED

    def continuation(self, step_id: str) -> str | None:
        """The step that follows when a path ends at this step: the next one of the If around it, if any."""
        around = self.enclosing.get(step_id)
        if around is None:
            return None
        following = self.steps[around].next_step_id
        return self.known(following) or self.continuation(around)

    def known(self, step_id: str | None) -> str | None:
        return step_id if step_id in self.steps else None

    def successors(self, step_id: str) -> tuple[str, ...]:
        """Every step that may run next."""
        step = self.steps[step_id]
        found = [target for target in step.targets() if target in self.steps]
        if _may_end(step, self.steps) and (following := self.continuation(step_id)):
            found.append(following)
        return tuple(dict.fromkeys(found))

    def may_end(self, step_id: str) -> bool:
        """Whether a path may end right after this step."""
        return _may_end(self.steps[step_id], self.steps) and self.continuation(step_id) is None

    def reachable(self) -> set[str]:
        seen: set[str] = set()
        waiting = [self.start]
        while waiting:
            step_id = waiting.pop()
            if step_id not in seen:
                seen.add(step_id)
                waiting.extend(self.successors(step_id))
        return seen


def graph(definition: Definition) -> Graph:
    steps: dict[str, Step] = {}
    enclosing: dict[str, str] = {}
    for step in definition.all_steps():
        steps.setdefault(step.id, step)
        for inner in (inner for sequence in step.do for inner in sequence):
            enclosing[inner.id] = step.id
    return Graph(steps, enclosing, definition.steps[0].id)


def cycles(whole: Graph) -> Iterator[tuple[str, ...]]:
    """Each group of steps that can run round and round without ever waiting (Tarjan's components)."""
    waits = {step_id for step_id in whole.steps if whole.kind(step_id) in (Kind.SLEEP, Kind.REPLY)}
    waits |= {step_id for step_id, step in whole.steps.items() if step.step_type == "WaitForDTMF"}
    edges = {
        step_id: [target for target in whole.successors(step_id) if target not in waits]
        for step_id in whole.steps
        if step_id not in waits
    }
    for component in _components(edges):
        if len(component) > 1 or component[0] in edges[component[0]]:
            yield tuple(sorted(component, key=list(whole.steps).index))


def _components(edges: dict[str, list[str]]) -> Iterator[list[str]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    for root, first in edges.items():
        if root in index:
            continue
        work = [(root, iter(first))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            node, rest = work[-1]
            if (target := next(rest, None)) is not None:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    work.append((target, iter(edges[target])))
                elif target in stack:
                    low[node] = min(low[node], index[target])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == index[node]:
                at = stack.index(node)
                yield stack[at:]
                del stack[at:]


def _may_end(step: Step, steps: dict[str, Step]) -> bool:
    """A path may end here: nothing follows, or conditions may all be false, or a target does not exist."""
    if step.select_next_step:
        targets = step.select_next_step
        return None not in targets.values() or any(target not in steps for target in targets)
    return step.next_step_id not in steps
