"""Runs parliament over IAM policies.

On standard input: a JSON list of {"name", "policy"}. On standard output: a JSON list of sentences, one
for each finding.
"""

import json
import sys

import parliament


def main() -> None:
    said = []
    for given in json.load(sys.stdin):
        policy = parliament.analyze_policy_string(json.dumps(given["policy"]))
        for finding in policy.findings:
            known = parliament.enhance_finding(finding)
            said.append(f"{given['name']}: {known.severity} {finding.issue} {finding.detail} {finding.location}")
    json.dump(said, sys.stdout)


main()
