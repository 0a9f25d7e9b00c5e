"""The emulator's spelling stays in the emulator's template."""

from infra.dialect import spelled_for_the_emulator


def test_a_batch_right_is_added_beside_the_single_one_wherever_it_stands() -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": ["sqs:SendMessage", "s3:PutObject"], "Resource": ["q"]}]}
    (statement,) = spelled_for_the_emulator(policy)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": ["sqs:SendMessage", "s3:PutObject", "sqs:SendMessageBatch"],
        "Resource": ["q"],
    }


def test_what_is_binary_is_said_where_the_emulator_looks() -> None:
    api = {
        "Type": "AWS::Serverless::Api",
        "Properties": {"DefinitionBody": {"x-amazon-apigateway-binary-media-types": ["multipart/form-data"]}},
    }
    said = spelled_for_the_emulator({"Resources": {"RestAPI": api}})["Resources"]["RestAPI"]["Properties"]
    assert said == {**api["Properties"], "BinaryMediaTypes": ["multipart/form-data"]}


def test_a_schedule_may_be_deleted_where_the_emulator_believes_it_to_be() -> None:
    arn = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/"
    own, default = {"Fn::Sub": arn + "${AWS::StackName}/*"}, {"Fn::Sub": arn + "default/*"}
    policy = {"Statement": [{"Effect": "Allow", "Action": ["scheduler:DeleteSchedule"], "Resource": [own]}]}
    (statement,) = spelled_for_the_emulator(policy)["Statement"]
    assert statement == {"Effect": "Allow", "Action": ["scheduler:DeleteSchedule"], "Resource": [own, default]}
