//! An account to deploy to, with a Connect instance in it, and whoever is signed in to it.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::package::package;
use crate::{APP, WASM};

pub(crate) const REGION: &str = "ap-northeast-1";
pub(crate) const STACK: &str = "desk";
/// How often it is looked whether who is waited for has ended.
const GLANCE: Duration = Duration::from_millis(100);

/// An account of AWS's, with a Connect instance in it.
pub(crate) struct Account {
    server: Child,
    address: String,
    heard: Arc<Heard>,
    folder: TempDir,
    instance: String,
}

/// What the account was asked, as its server wrote it down: method and path.
#[derive(Default)]
struct Heard {
    requests: Mutex<Vec<(String, String)>>,
    more: Condvar,
}

impl Account {
    pub(crate) fn open() -> Self {
        let mut server = python();
        server
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/moto/server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut server = server.spawn().unwrap();
        let heard = Arc::new(Heard::default());
        let log = BufReader::new(server.stderr.take().unwrap());
        let listener = Arc::clone(&heard);
        thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                // `127.0.0.1 - - [time] "PUT /bucket/key HTTP/1.1" 200 -`
                let quoted = line.split('"').nth(1).unwrap_or_default();
                let mut words = quoted.split(' ');
                if let (Some(method), Some(path), Some("HTTP/1.1")) =
                    (words.next(), words.next(), words.next())
                {
                    let request = (method.to_owned(), path.to_owned());
                    listener.requests.lock().unwrap().push(request);
                    listener.more.notify_all();
                }
            }
        });
        let mut address = String::new();
        let mut output = BufReader::new(server.stdout.take().unwrap());
        output.read_line(&mut address).unwrap();
        let mut account = Self {
            server,
            address: serde_json::from_str(&address).unwrap(),
            heard,
            folder: tempfile::tempdir().unwrap(),
            instance: String::new(),
        };
        let made = account.aws("connect create-instance --identity-management-type CONNECT_MANAGED --instance-alias shop --inbound-calls-enabled --outbound-calls-enabled");
        made["Id"]
            .as_str()
            .unwrap()
            .clone_into(&mut account.instance);
        account.build(APP, "one");
        account
    }

    /// A command that knows this account and no other.
    fn signed_in(&self, mut command: Command) -> Command {
        let library = env::var("DEPLOY_PYTHON").unwrap();
        let path = env::var("PATH").unwrap();
        command
            .env("PATH", format!("{library}/bin:{path}"))
            .env("PYTHONPATH", library)
            .env("AWS_ENDPOINT_URL", &self.address)
            .env("AWS_ACCESS_KEY_ID", "testing")
            .env("AWS_SECRET_ACCESS_KEY", "testing")
            .env("AWS_CONFIG_FILE", self.path("no-config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.path("no-credentials"))
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn aws(&self, words: &str) -> Value {
        self.aws_in(REGION, words)
    }

    pub(crate) fn aws_in(&self, region: &str, words: &str) -> Value {
        let mut command = python();
        command.args(["-m", "awscli", "--region", region, "--output", "json"]);
        let output = self
            .signed_in(command)
            .args(words.split(' '))
            .output()
            .unwrap();
        assert!(output.status.success(), "aws {words}: {}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    pub(crate) fn xtask(&self, words: &str) -> Command {
        let command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let mut command = self.signed_in(command);
        let mut words = words.split(' ');
        command.args(words.next());
        command.arg("--file").arg(self.path("deploy.json"));
        command.args(words);
        command
    }

    pub(crate) fn deploy(&self, more: &str) -> Command {
        let mut command = self.xtask("deploy");
        command.arg("--site").arg(self.path("site"));
        command.arg("--package").arg(self.path("package.zip"));
        command.args(more.split(' ').filter(|word| !word.is_empty()));
        command
    }

    /// A command on a terminal, where this is typed when it asks that.
    pub(crate) fn on_a_terminal(&self, command: &Command, question: &str, answer: &str) -> Command {
        let mut terminal = self.signed_in(python());
        terminal
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/moto/terminal.py"))
            .args([question, answer])
            .arg(command.get_program())
            .args(command.get_args());
        terminal
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Describes the deployment.
    pub(crate) fn describe(&self, more: Value) {
        self.describe_as(STACK, more);
    }

    /// Describes one of another name.
    pub(crate) fn describe_as(&self, stack: &str, more: Value) {
        let mut parameters = json!({
            "ConnectInstanceId": self.instance,
            "ConnectOrigin": "https://shop.my.connect.aws",
            "ProfilesDomain": "amazon-connect-shop",
        });
        let Value::Object(more) = more else {
            panic!("no parameters")
        };
        parameters.as_object_mut().unwrap().extend(more);
        let file = json!({
            "stack": stack, "region": REGION, "parameters": parameters, "desk": { "locale": "ja" },
        });
        fs::write(self.path("deploy.json"), file.to_string()).unwrap();
    }

    pub(crate) fn describe_whole(&self) {
        self.describe(json!({ "CreateUserPool": true, "CreateProfilesDomain": true }));
    }

    /// A site in the form of `dist/`, and a package of the proxy's.
    pub(crate) fn build(&self, app: &str, script: &str) {
        let site = self.path("site");
        fs::remove_dir_all(&site).ok();
        fs::create_dir(&site).unwrap();
        let page = format!("<script src=\"/{app}\" data-wasm=\"/{WASM}\"></script>");
        for (name, text) in [
            (app, script),
            (WASM, "wasm"),
            ("favicon.svg", "<svg/>"),
            ("signin.html", "<p>"),
            ("index.html", &page),
        ] {
            fs::write(site.join(name), text).unwrap();
        }
        fs::write(self.path("package.zip"), package()).unwrap();
    }

    pub(crate) fn instance(&self) -> &str {
        &self.instance
    }

    /// Makes a stack of another template than ours, under the name of ours.
    pub(crate) fn create(&self, template: &Value, more: &str) {
        let path = self.path("other.json");
        fs::write(&path, template.to_string()).unwrap();
        let path = path.display();
        let words = format!(
            "cloudformation create-stack --stack-name {STACK} --template-body file://{path} {more}"
        );
        self.aws(words.trim_end());
    }

    fn requests(&self) -> Vec<(String, String)> {
        self.heard.requests.lock().unwrap().clone()
    }

    /// Waits until `asker` has asked the account this of a path that contains that. It must not have ended
    /// before.
    pub(crate) fn await_request(&self, asker: &mut Child, method: &str, part: &str) {
        let mut requests = self.heard.requests.lock().unwrap();
        let is_it = |(it, path): &(String, String)| it == method && path.contains(part);
        while !requests.iter().any(is_it) {
            let ended = asker.try_wait().unwrap();
            assert!(ended.is_none(), "ended ({ended:?}) before {method} {part}");
            (requests, _) = self.heard.more.wait_timeout(requests, GLANCE).unwrap();
        }
    }

    /// The names of the site's files that were uploaded, in their order.
    pub(crate) fn uploaded(&self) -> Vec<String> {
        let requests = self.requests().into_iter();
        requests
            .filter(|(method, _)| method == "PUT")
            .filter_map(|(_, path)| Some(path.split_once("/site/")?.1.to_owned()))
            .collect()
    }

    pub(crate) fn stack(&self) -> Value {
        self.aws(&format!(
            "cloudformation describe-stacks --stack-name {STACK}"
        ))["Stacks"][0]
            .clone()
    }

    pub(crate) fn output(&self, name: &str) -> String {
        let stack = self.stack();
        let outputs = stack["Outputs"].as_array().unwrap();
        let found = outputs.iter().find(|it| it["OutputKey"] == name).unwrap();
        found["OutputValue"].as_str().unwrap().to_owned()
    }

    /// What lies there, as it lies there, and what is said of it.
    pub(crate) fn object(&self, key: &str) -> (Value, Vec<u8>) {
        let bucket = self.output("BucketName");
        let body = self.path("object");
        let said = self.aws(&format!(
            "s3api get-object --bucket {bucket} --key {key} {}",
            body.display()
        ));
        (said, fs::read(body).unwrap())
    }

    /// Uploads a file of the site as nobody should.
    pub(crate) fn spoil_the_headers_of(&self, name: &str) {
        let bucket = self.output("BucketName");
        let body = self.path("site").join(name);
        self.aws(&format!(
            "s3api put-object --bucket {bucket} --key site/{name} --cache-control no-cache --body {}",
            body.display()
        ));
    }

    /// The paths of every invalidation.
    pub(crate) fn invalidated(&self) -> Vec<Vec<String>> {
        let id = self.output("DistributionId");
        let of_it = format!("--distribution-id {id}");
        let list = self.aws(&format!("cloudfront list-invalidations {of_it}"));
        let items = list["InvalidationList"]["Items"].as_array();
        let paths = |item: &Value| {
            let id = item["Id"].as_str().unwrap();
            let whole = self.aws(&format!("cloudfront get-invalidation {of_it} --id {id}"));
            let paths = &whole["Invalidation"]["InvalidationBatch"]["Paths"]["Items"];
            serde_json::from_value(paths.clone()).unwrap()
        };
        items.into_iter().flatten().map(paths).collect()
    }

    pub(crate) fn nothing_is_there(&self) {
        let stacks = self.aws("cloudformation describe-stacks");
        assert_eq!(stacks["Stacks"], json!([]));
        assert_eq!(self.aws("s3api list-buckets")["Buckets"], json!([]));
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

fn python() -> Command {
    let library = env::var("DEPLOY_PYTHON").unwrap();
    let mut python = Command::new("python3");
    python
        .env("PYTHONPATH", library)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

fn said(output: &Output) -> String {
    let all = [&output.stdout, &output.stderr];
    all.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

pub(crate) fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

pub(crate) fn fails(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));
    said(&output)
}

pub(crate) fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut &*bytes, &mut plain).unwrap();
    plain
}
