"""moto's server, with the rest of what infra/desk.yaml asks of CloudFormation.

moto 5.2.5 makes five of the template's types by CloudFormation. Of the others, those that moto has a
service for are made by that service here; what it has none for is only recorded, with a name and nothing
behind it, but that a profiles domain is found by its name. Besides, moto's change sets do not look at conditions, resolve no DeletionPolicy and leave the
outputs as they were before, and it has no template after the transforms: that is made good below.

Prints its address when it listens. Ends when its standard input does.
"""

import json
import sys
from urllib.parse import unquote
from uuid import uuid4

from moto.awslambda.models import lambda_backends
from moto.cloudformation import models as formation
from moto.cloudformation.parsing import ResourceMap
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudfront.models import cloudfront_backends
from moto.cognitoidp.models import cognitoidp_backends
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.moto_server.werkzeug_app import DomainDispatcherApplication


# moto reads a service's name from the module of its classes.
__name__ = "moto.desk"


class Resource:
    """What every kind has, beside moto's own class, whose direct children alone moto finds."""

    kind = ""

    def __init__(self, physical_resource_id, attributes=None, remove=None, change=None):
        self.physical_resource_id = physical_resource_id
        self.attributes = attributes or {}
        self.remove = remove
        self.change = change

    @classmethod
    def make(cls, properties, account, region):
        """Only recorded, unless a kind knows more."""
        return cls(f"recorded-{uuid4()}")

    @classmethod
    def cloudformation_type(cls):
        return cls.kind

    @staticmethod
    def cloudformation_name_type():
        return ""

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def get_cfn_attribute(self, name):
        return self.attributes[name]

    def is_created(self):
        return True

    @classmethod
    def create_from_cloudformation_json(cls, name, resource, account, region, **kwargs):
        return cls.make(resource.get("Properties", {}), account, region)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        if original_resource.change:
            original_resource.change(cloudformation_json["Properties"])
        return original_resource

    def delete(self, account, region):
        if self.remove:
            self.remove()


def counted(value):
    """Lists as CloudFront's own interface has them, where CloudFormation has plain ones."""
    if isinstance(value, dict):
        return {name: counted(it) for name, it in value.items() if it is not None}
    if isinstance(value, list):
        items = [counted(it) for it in value if it is not None]
        return {"Quantity": len(items), "Items": items}
    return value


class Distribution(Resource, CloudFormationModel):
    kind = "AWS::CloudFront::Distribution"

    @classmethod
    def make(cls, properties, account, region):
        backend = cloudfront_backends[account]["aws"]

        def config():
            return {"CallerReference": str(uuid4()), **counted(properties["DistributionConfig"])}

        made, _, _ = backend.create_distribution(config(), [])

        def change(changed):
            properties.update(changed)
            backend.update_distribution(config(), made.id, True)

        attributes = {"DomainName": made.domain_name, "Id": made.id}
        return cls(made.id, attributes, lambda: backend.delete_distribution(made.id, True), change)


class OriginAccessControl(Resource, CloudFormationModel):
    kind = "AWS::CloudFront::OriginAccessControl"

    @classmethod
    def make(cls, properties, account, region):
        backend = cloudfront_backends[account]["aws"]
        made = backend.create_origin_access_control(properties["OriginAccessControlConfig"])
        return cls(made.id, {"Id": made.id}, lambda: backend.delete_origin_access_control(made.id))


class FunctionUrl(Resource, CloudFormationModel):
    kind = "AWS::Lambda::Url"

    @classmethod
    def make(cls, properties, account, region):
        backend = lambda_backends[account][region]
        made = backend.create_function_url_config(properties["TargetFunctionArn"], properties)
        # moto leaves out the slash that AWS ends it with.
        return cls(properties["TargetFunctionArn"], {"FunctionUrl": f"{made.url}/"})


class UserPool(Resource, CloudFormationModel):
    kind = "AWS::Cognito::UserPool"

    @classmethod
    def make(cls, properties, account, region):
        backend = cognitoidp_backends[account][region]
        made = backend.create_user_pool(f"pool-{uuid4()}", dict(properties))
        url = f"https://cognito-idp.{region}.amazonaws.com/{made.id}"
        return cls(made.id, {"ProviderURL": url}, lambda: backend.delete_user_pool(made.id))


class UserPoolDomain(Resource, CloudFormationModel):
    kind = "AWS::Cognito::UserPoolDomain"

    @classmethod
    def make(cls, properties, account, region):
        backend = cognitoidp_backends[account][region]
        name = properties["Domain"]
        backend.create_user_pool_domain(properties["UserPoolId"], name)
        return cls(name, {}, lambda: backend.delete_user_pool_domain(name))


class UserPoolClient(Resource, CloudFormationModel):
    kind = "AWS::Cognito::UserPoolClient"

    @classmethod
    def make(cls, properties, account, region):
        backend = cognitoidp_backends[account][region]
        pool = properties["UserPoolId"]
        made = backend.create_user_pool_client(pool, False, dict(properties))
        return cls(made.id)


# The Customer Profiles domains, by region and name.
domains = {}


class Domain(Resource, CloudFormationModel):
    kind = "AWS::CustomerProfiles::Domain"

    @classmethod
    def make(cls, properties, account, region):
        name = properties["DomainName"]
        if (region, name) in domains:
            raise ValueError(f"there is a domain {name} already")
        domains[region, name] = {"DomainName": name}
        return cls(name, {}, lambda: domains.pop((region, name)))


# The bucket's policy is among them although moto has such policies: it looks at no condition of one, and
# would refuse what comes over http, as the tests do.
for number, name in enumerate([
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::Connect::ApprovedOrigin",
    "AWS::CustomerProfiles::Integration",
    "AWS::CustomerProfiles::ObjectType",
    "AWS::S3::BucketPolicy",
]):
    globals()[f"Recorded{number}"] = type(f"Recorded{number}", (Resource, CloudFormationModel), {"kind": name})


def as_it_would_be_made(change_set):
    """The template without what its conditions leave out, and with policies of deletion that are words."""
    stack = change_set.stack
    template = change_set.template_dict
    scope = ResourceMap(
        stack.stack_id, stack.name, change_set.parameters, {}, stack.region_name, stack.account_id, template, None
    )
    scope.load_parameters()
    scope.load_conditions()
    for name, resource in list(template["Resources"].items()):
        condition = resource.get("Condition")
        if condition and not scope.lazy_condition_map[condition]:
            del template["Resources"][name]
        policy = resource.get("DeletionPolicy")
        if isinstance(policy, dict):
            resource["DeletionPolicy"] = scope.resolved_parameters[policy["Ref"]]


def construct(loader, tag, node, original=formation.yaml_tag_constructor):
    value = original(loader, tag, node)
    return {"Condition": value["Fn::Condition"]} if tag == "!Condition" else value


def parse(self, original=formation.ChangeSet._parse_template):
    original(self)
    as_it_would_be_made(self)


def apply(self, original=formation.ChangeSet.apply):
    original(self)
    self.stack.template_dict = self.template_dict
    self.stack.parameters = self.parameters
    self.stack.output_map = self.stack._create_output_map()


def answer(self, environ, start_response, original=DomainDispatcherApplication.__call__):
    """Customer Profiles, which moto does not know, and whose requests it never answers: domains are made and
    looked at."""
    credential = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0].split("/")
    if len(credential) < 5 or credential[3] != "profile":
        return original(self, environ, start_response)
    # The socket is shared by what follows on it.
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    region = credential[2]
    folder, _, name = unquote(environ["PATH_INFO"]).removeprefix("/").partition("/")
    status, fault, said = "200 OK", [], {"message": f"{environ['REQUEST_METHOD']} is not known here"}
    if folder != "domains" or environ["REQUEST_METHOD"] not in ["GET", "POST"]:
        status, fault = "400 Bad Request", [("x-amzn-errortype", "BadRequestException")]
    elif environ["REQUEST_METHOD"] == "POST":
        said = domains[region, name] = {"DomainName": name}
    elif (region, name) in domains:
        said = domains[region, name]
    else:
        status, fault = "404 Not Found", [("x-amzn-errortype", "ResourceNotFoundException")]
        said = {"Message": f"Domain {name} not found"}
    start_response(status, [("Content-Type", "application/json"), *fault])
    return [json.dumps(said).encode()]


def get_template(self, original=CloudFormationResponse.get_template):
    if self._get_param("TemplateStage", "Processed") == "Original":
        return original(self)
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    return ActionResult({"TemplateBody": json.dumps(stack.template_dict, default=str)})


formation.yaml_tag_constructor = construct
formation.ChangeSet._parse_template = parse
formation.ChangeSet.apply = apply
CloudFormationResponse.get_template = get_template
DomainDispatcherApplication.__call__ = answer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(json.dumps(f"http://{host}:{port}"), flush=True)
sys.stdin.read()
server.stop()
