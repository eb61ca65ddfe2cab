//! The AWS CLI, version 1 or 2, as a child: it is what deployers have, with every way of signing in that
//! they have set up.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process;

/// Where its makers say how it is installed.
pub(crate) const INSTALLATION: &str =
    "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html";

/// How often we ask whether something is done. A distribution takes minutes.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often we say that we still wait.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// The program, and the region that is asked.
#[derive(Debug, Clone)]
pub(super) struct Aws {
    program: PathBuf,
    region: String,
    /// Whether it is asked even when we have been told to end.
    is_last_word: bool,
}

/// What AWS, or the CLI before it asked, said in the place of an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) struct Refusal {
    /// The operation, as the CLI names it: `cloudformation describe-stacks`.
    operation: String,
    /// The error's code, such as `ValidationError`; empty when AWS was not reached.
    code: String,
    /// What was said, in one line.
    message: String,
}

impl Aws {
    /// The CLI on the path.
    ///
    /// # Errors
    ///
    /// When there is none; the message says how to get it.
    pub(super) fn find(region: &str) -> Result<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let program = process::on_path("aws", &path).with_context(|| {
            format!("the AWS CLI, `aws`, is needed and is not on the path: {INSTALLATION}")
        })?;
        Ok(Self {
            program,
            region: region.to_owned(),
            is_last_word: false,
        })
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// The same in another region.
    pub(super) fn in_region(&self, region: &str) -> Self {
        Self {
            region: region.to_owned(),
            ..self.clone()
        }
    }

    /// The same for what must not be left behind by a run that is told to end.
    pub(super) fn for_the_last_word(&self) -> Self {
        Self {
            is_last_word: true,
            ..self.clone()
        }
    }

    /// What an operation answers; null where it answers nothing.
    ///
    /// # Errors
    ///
    /// A [`Refusal`], or that the CLI cannot be started or does not answer in JSON.
    pub(super) fn ask<I>(&self, service: &str, operation: &str, arguments: I) -> Result<Value>
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let is_over = || process::stopping() && !self.is_last_word;
        if is_over() {
            bail!("interrupted");
        }
        let mut command = Command::new(&self.program);
        command
            .args([
                "--region",
                &self.region,
                "--output",
                "json",
                service,
                operation,
            ])
            .args(arguments)
            // Version 2 would show long answers in a pager, and ask for what is missing.
            .env("AWS_PAGER", "")
            .env("AWS_CLI_AUTO_PROMPT", "off");
        let output = command
            .output()
            .with_context(|| format!("failed to start {}", self.program.display()))?;
        // A terminal tells the CLI to end, too. What it has made nevertheless is heard of.
        if is_over() && !output.status.success() {
            bail!("interrupted");
        }
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Refusal::new(service, operation, &said).into());
        }
        if output.stdout.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`aws {service} {operation}` did not answer in JSON"))
    }
}

impl Refusal {
    /// Reads what the CLI says: `An error occurred (CODE) when calling the OPERATION operation: MESSAGE`,
    /// or words of its own.
    pub(super) fn new(service: &str, operation: &str, said: &str) -> Self {
        let operation = format!("{service} {operation}");
        let one_line = || said.split_whitespace().collect::<Vec<_>>().join(" ");
        let read = || {
            let (_, after) = said.split_once("An error occurred (")?;
            let (code, after) = after.split_once(')')?;
            let (_, message) = after.split_once(": ")?;
            let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
            Some((code.to_owned(), message))
        };
        let (code, message) = read().unwrap_or_else(|| (String::new(), one_line()));
        Self {
            operation,
            code,
            message,
        }
    }

    /// The refusal behind an error, when it is one.
    pub(super) fn of(error: &anyhow::Error) -> Option<&Self> {
        error.downcast_ref()
    }

    /// Whether AWS says that there is no such thing.
    pub(super) fn is_absence(&self) -> bool {
        // CloudFormation has no code of its own for it; HEAD of S3 has no body to say one.
        self.code.ends_with("NotFoundException")
            || matches!(
                self.code.as_str(),
                "404" | "ChangeSetNotFound" | "NoSuchKey" | "NoSuchBucket"
            )
            || (self.code == "ValidationError" && self.message.contains("does not exist"))
    }

    /// Whether nobody is signed in, or no longer.
    fn is_nobody(&self) -> bool {
        let codes = [
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "SignatureDoesNotMatch",
        ];
        let words = ["credentials", "Token has expired", "SSO", "sso", "profile"];
        codes.contains(&self.code.as_str())
            || (self.code.is_empty() && words.iter().any(|word| self.message.contains(word)))
    }

    /// What mends it, where we know.
    fn remedy(&self) -> Option<&'static str> {
        let refused = [
            "AccessDenied",
            "UnauthorizedOperation",
            "NotAuthorized",
            "403",
        ];
        if self.is_nobody() {
            Some(
                "Sign in: `aws sso login`, or `aws configure`; with AWS_PROFILE where you have several",
            )
        } else if refused.iter().any(|it| self.code.contains(it)) {
            Some(
                "Whoever administers the account must allow it, or sign in as somebody who may: `aws sts get-caller-identity` says who you are",
            )
        } else if self.message.contains("Could not connect") {
            Some(
                "The region may be misspelt, or the network be gone: `aws sts get-caller-identity`",
            )
        } else {
            None
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`aws {}`: ", self.operation)?;
        if !self.code.is_empty() {
            write!(f, "{}: ", self.code)?;
        }
        f.write_str(self.message.trim_end_matches('.'))?;
        match self.remedy() {
            Some(remedy) => write!(f, ". {remedy}"),
            None => Ok(()),
        }
    }
}

/// What a request gives, or nothing where AWS says that there is no such thing.
///
/// # Errors
///
/// What else the request failed with.
pub(super) fn if_there(answer: Result<Value>) -> Result<Option<Value>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if Refusal::of(&error).is_some_and(Refusal::is_absence) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A path as the CLI takes it in the place of a text.
pub(super) fn file(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The text at a place of an answer; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, place: &str) -> &'a str {
    value
        .pointer(place)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Asks until there is an answer.
///
/// # Errors
///
/// The request's, or that we are told to end.
pub(super) fn until<T>(what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let begun = Instant::now();
    let mut said = begun;
    if let Some(answer) = ask()? {
        return Ok(answer);
    }
    eprintln!("    … {what}");
    loop {
        thread::sleep(PATIENCE);
        if process::stopping() {
            bail!("interrupted");
        }
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if said.elapsed() > SIGN_OF_LIFE {
            said = Instant::now();
            eprintln!("    … {what}, {}", process::seconds(begun.elapsed()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(said: &str) -> Refusal {
        Refusal::new("cloudformation", "describe-stacks", said)
    }

    #[test]
    fn an_error_of_aws_is_read_by_its_code() {
        let absent = refusal(
            "\nAn error occurred (ValidationError) when calling the DescribeStacks operation: \
             Stack with id desk does not exist\n",
        );
        assert!(absent.is_absence());
        assert_eq!(
            absent.to_string(),
            "`aws cloudformation describe-stacks`: ValidationError: Stack with id desk does not exist"
        );
        let newer = refusal(
            "aws: [ERROR]: An error occurred (ValidationError) when calling the DescribeStacks \
             operation: Stack with id desk does not exist",
        );
        assert_eq!(newer, absent);
    }

    #[test]
    fn what_is_no_absence_is_an_error() {
        let other = refusal(
            "An error occurred (ValidationError) when calling the CreateChangeSet operation: \
             Parameters: [ConnectInstanceId] must have values",
        );
        assert!(!other.is_absence());
        assert!(if_there(Err(other.into())).is_err());
    }

    #[test]
    fn nobody_is_told_how_to_sign_in() {
        for said in [
            "Unable to locate credentials. You can configure credentials by running \"aws configure\".",
            "Error when retrieving token from sso: Token has expired and refresh failed",
            "The config profile (shop) could not be found",
            "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The \
             security token included in the request is expired",
        ] {
            assert!(
                refusal(said).to_string().contains("aws sso login"),
                "{said}"
            );
        }
    }

    #[test]
    fn who_may_not_is_told_who_they_are() {
        let said = "An error occurred (AccessDenied) when calling the DescribeStacks operation: User: \
                    arn:aws:iam::111122223333:user/a is not authorized to perform: \
                    cloudformation:DescribeStacks";
        assert!(
            refusal(said)
                .to_string()
                .contains("aws sts get-caller-identity")
        );
    }
}
