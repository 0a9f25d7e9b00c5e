"""What workflows cost: counts and ratios."""

import time

from chalicelib.automation.compiler import compile_definition
from chalicelib.automation.definition.importing import import_document
from tests.unit.automation.test_compiler import HANDLER, branch, send


def test_two_hundred_steps_compile_in_little_more_than_ten_times_the_time_of_twenty():
    def steps(count):
        for i in range(0, count, 2):
            yield send(f"s{i}", nextStepId=f"s{i + 1}")
            yield (
                branch(f"s{i + 1}", f"s{i + 2}", f"s{max(i - 8, 0)}")
                if i % 10 == 8
                else branch(f"s{i + 1}", f"s{i + 2}")
            )

    def work(count):
        document = {"trigger": "inbound_chat_apps", "definition": {"name": "T", "steps": list(steps(count))}}
        definition = import_document(document).workflow.definition
        best = []
        for _ in range(5):
            before = time.process_time()
            compile_definition(definition, HANDLER)
            best.append(time.process_time() - before)
        return min(best)

    assert work(200) <= 12 * work(20)
