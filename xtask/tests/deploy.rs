//! `cargo xtask deploy` and `destroy`, by the real AWS CLI, in an account that moto plays.
//!
//! `cargo xtask test unit` installs both and runs this. The target is not part of a plain `cargo test`,
//! which would have neither. What moto cannot show is listed in `infra/README.md`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the whole crate is tests: what does not hold must fail them"
)]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use flate2::Crc;
use serde_json::{Value, json};
use tempfile::TempDir;

const REGION: &str = "ap-northeast-1";
const STACK: &str = "desk";

const APP: &str = "app-00000000000000a1.js";
const NEW_APP: &str = "app-00000000000000a2.js";
const WASM: &str = "app-00000000000000b1.wasm";

/// An account of AWS's, with a Connect instance in it.
struct Account {
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
    fn open() -> Self {
        let mut server = python();
        server
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/moto/server.py"))
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
        account.build(APP);
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

    fn aws(&self, words: &str) -> Value {
        let mut command = python();
        command.args(["-m", "awscli", "--region", REGION, "--output", "json"]);
        let output = self
            .signed_in(command)
            .args(words.split(' '))
            .output()
            .unwrap();
        assert!(output.status.success(), "aws {words}: {}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    fn xtask(&self, words: &str) -> Command {
        let command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let mut command = self.signed_in(command);
        let mut words = words.split(' ');
        command.args(words.next());
        command.arg("--file").arg(self.path("deploy.json"));
        command.args(words);
        command
    }

    fn deploy(&self, more: &str) -> Command {
        let mut command = self.xtask("deploy");
        command.arg("--site").arg(self.path("site"));
        command.arg("--package").arg(self.path("package.zip"));
        command.args(more.split(' ').filter(|word| !word.is_empty()));
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Describes the deployment.
    fn describe(&self, more: Value) {
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
            "stack": STACK, "region": REGION, "parameters": parameters, "desk": { "locale": "ja" },
        });
        fs::write(self.path("deploy.json"), file.to_string()).unwrap();
    }

    fn describe_whole(&self) {
        self.describe(json!({ "CreateUserPool": true, "CreateProfilesDomain": true }));
    }

    /// A site in the form of `dist/`, and a package of the proxy's.
    fn build(&self, app: &str) {
        let site = self.path("site");
        fs::remove_dir_all(&site).ok();
        fs::create_dir(&site).unwrap();
        let page = format!("<script src=\"/{app}\" data-wasm=\"/{WASM}\"></script>");
        for (name, text) in [
            (app, app),
            (WASM, "wasm"),
            ("favicon.svg", "<svg/>"),
            ("signin.html", "<p>"),
            ("index.html", &page),
        ] {
            fs::write(site.join(name), text).unwrap();
        }
        fs::write(self.path("package.zip"), package()).unwrap();
    }

    fn requests(&self) -> Vec<(String, String)> {
        self.heard.requests.lock().unwrap().clone()
    }

    /// Waits until the account has been asked this of a path that contains that.
    fn await_request(&self, method: &str, part: &str) {
        let requests = self.heard.requests.lock().unwrap();
        let is_heard = |all: &mut Vec<(String, String)>| {
            !all.iter()
                .any(|(it, path)| it == method && path.contains(part))
        };
        drop(self.heard.more.wait_while(requests, is_heard).unwrap());
    }

    /// The names of the site's files that were uploaded, in their order.
    fn uploaded(&self) -> Vec<String> {
        let requests = self.requests().into_iter();
        requests
            .filter(|(method, _)| method == "PUT")
            .filter_map(|(_, path)| Some(path.split_once("/site/")?.1.to_owned()))
            .collect()
    }

    fn stack(&self) -> Value {
        self.aws(&format!(
            "cloudformation describe-stacks --stack-name {STACK}"
        ))["Stacks"][0]
            .clone()
    }

    fn output(&self, name: &str) -> String {
        let stack = self.stack();
        let outputs = stack["Outputs"].as_array().unwrap();
        let found = outputs.iter().find(|it| it["OutputKey"] == name).unwrap();
        found["OutputValue"].as_str().unwrap().to_owned()
    }

    /// What lies there, as it lies there, and what is said of it.
    fn object(&self, key: &str) -> (Value, Vec<u8>) {
        let bucket = self.output("BucketName");
        let body = self.path("object");
        let said = self.aws(&format!(
            "s3api get-object --bucket {bucket} --key {key} {}",
            body.display()
        ));
        (said, fs::read(body).unwrap())
    }

    fn nothing_is_there(&self) {
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

fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

fn fails(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));
    said(&output)
}

/// A zip of one file `bootstrap`, an ELF program for arm64 that would do nothing.
fn package() -> Vec<u8> {
    use std::io::Write as _;
    let mut program = b"\x7fELF\x02\x01".to_vec();
    program.resize(64 + 56, 0);
    program[18] = 183;
    program[32] = 64;
    program[54] = 56;
    program[56] = 1;
    program[64] = 1;
    let mut crc = Crc::new();
    crc.update(&program);
    let level = flate2::Compression::best();
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(&program).unwrap();
    let packed = encoder.finish().unwrap();
    let four = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let mut common = vec![0, 0, 33, 0];
    common.extend(crc.sum().to_le_bytes());
    common.extend(four(packed.len()));
    common.extend(four(program.len()));
    common.extend([9, 0, 0, 0]);
    let mut zip = b"PK\x03\x04\x14\0\0\0\x08\0".to_vec();
    zip.extend(&common);
    zip.extend(b"bootstrap");
    zip.extend(&packed);
    let directory = zip.len();
    zip.extend(b"PK\x01\x02\x14\x03\x14\0\0\0\x08\0");
    zip.extend(&common);
    zip.extend([0; 6]);
    zip.extend((0o100_755_u32 << 16).to_le_bytes());
    zip.extend([0; 4]);
    zip.extend(b"bootstrap");
    let length = zip.len() - directory;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend(four(length));
    zip.extend(four(directory));
    zip.extend([0, 0]);
    zip
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut &*bytes, &mut plain).unwrap();
    plain
}

/// Holds the whole record of uploads against the one rule: whenever a page is put, what it names is
/// there. `pages` are what the index said, deployment by deployment.
fn no_page_lacked_a_part(uploaded: &[String], pages: &[[&str; 2]]) {
    let mut there = BTreeSet::new();
    let mut pages = pages.iter();
    for name in uploaded {
        there.insert(name.as_str());
        if name == "index.html" {
            let parts = pages.next().unwrap();
            assert!(
                parts.iter().all(|part| there.contains(part)),
                "{uploaded:?}"
            );
            assert!(there.contains("config.json"), "{uploaded:?}");
        }
    }
    assert_eq!(pages.len(), 0, "{uploaded:?}");
}

#[test]
fn a_desk_is_deployed_changed_and_destroyed() {
    let account = Account::open();
    account.describe_whole();

    let told = succeeds(&mut account.deploy("--yes"));

    let url = account.output("Url");
    assert!(told.contains(&format!("Agents open {url}")), "{told}");
    assert!(told.contains("admin-create-user"), "{told}");
    assert_eq!(account.uploaded().last().unwrap(), "index.html");

    let (head, body) = account.object(&format!("site/{APP}"));
    assert_eq!(head["ContentType"], "text/javascript");
    assert_eq!(head["CacheControl"], "public, max-age=31536000, immutable");
    assert_eq!(head["ContentEncoding"], "br");
    assert_eq!(brotli(&body), APP.as_bytes());
    let (head, body) = account.object("site/index.html");
    assert_eq!(head["CacheControl"], "no-cache");
    assert_eq!(head.get("ContentEncoding"), None);
    assert!(body.starts_with(b"<script"));

    let (head, body) = account.object("site/config.json");
    assert_eq!(head["CacheControl"], "no-store");
    let config: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(config["auth"]["issuer"], account.output("Issuer"));
    assert_eq!(config["auth"]["clientId"], account.output("ClientId"));
    assert_eq!(config["api"]["url"], "/api");

    let functions = account.aws("lambda list-functions");
    let told = &functions["Functions"][0]["Environment"]["Variables"];
    assert_eq!(
        told["DESK_ORIGINS"],
        url.trim_end_matches('/').to_owned(),
        "the proxy knows the host that agents open"
    );
    assert_eq!(told["DESK_AUDIENCE"], config["auth"]["clientId"]);

    // The next build, after somebody has changed by hand what an edge keeps.
    account.build(NEW_APP);
    let bucket = account.output("BucketName");
    let body = account.path("site").join(WASM);
    account.aws(&format!(
        "s3api put-object --bucket {bucket} --key site/{WASM} --cache-control no-cache --body {}",
        body.display()
    ));
    let told = succeeds(&mut account.deploy("--yes"));

    assert!(told.contains("nothing changes"), "{told}");
    no_page_lacked_a_part(&account.uploaded(), &[[APP, WASM], [NEW_APP, WASM]]);
    account.object(&format!("site/{APP}"));
    let (head, _) = account.object(&format!("site/{WASM}"));
    assert_eq!(head["CacheControl"], "public, max-age=31536000, immutable");
    let id = account.output("DistributionId");
    let made = account.aws(&format!(
        "cloudfront list-invalidations --distribution-id {id}"
    ));
    let list = made["InvalidationList"]["Items"].as_array().unwrap();
    assert_eq!(list.len(), 1);
    let id = format!(
        "cloudfront get-invalidation --distribution-id {id} --id {}",
        list[0]["Id"].as_str().unwrap()
    );
    assert_eq!(
        account.aws(&id)["Invalidation"]["InvalidationBatch"]["Paths"]["Items"],
        json!([format!("/{WASM}")])
    );

    let refused = fails(&mut account.xtask("destroy --yes another"));
    assert!(refused.contains("nothing was changed"), "{refused}");
    account.object("site/index.html");
    succeeds(&mut account.xtask(&format!("destroy --yes {STACK}")));

    account.nothing_is_there();
    for (question, list) in [
        ("lambda list-functions", "Functions"),
        ("iam list-roles", "Roles"),
        ("logs describe-log-groups", "logGroups"),
        ("cognito-idp list-user-pools --max-results 9", "UserPools"),
    ] {
        assert_eq!(account.aws(question)[list], json!([]), "{question}");
    }
    let left = account.aws("cloudfront list-distributions");
    assert!(left["DistributionList"].get("Items").is_none(), "{left}");
}

#[test]
fn a_run_that_was_broken_off_is_taken_up() {
    let account = Account::open();
    account.describe_whole();
    let mut broken_off = account
        .deploy("--yes")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    account.await_request("PUT", &format!("/site/{APP}"));
    broken_off.kill().unwrap();
    broken_off.wait().unwrap();
    let stack = account.stack()["StackId"].clone();

    succeeds(&mut account.deploy("--yes"));

    assert_eq!(account.stack()["StackId"], stack);
    let uploaded = account.uploaded();
    assert_eq!(
        uploaded.iter().filter(|it| *it == APP).count(),
        1,
        "{uploaded:?}"
    );
    assert_eq!(uploaded.last().unwrap(), "index.html");
    no_page_lacked_a_part(&uploaded, &[[APP, WASM]]);
}

#[test]
fn nothing_is_made_that_was_not_agreed_to() {
    let account = Account::open();
    account.describe_whole();

    let told = succeeds(&mut account.deploy("--dry-run"));
    for word in [
        "Add  Bucket",
        "Add  Proxy ",
        "index.html",
        "\"country\": \"JP\"",
        "admin-create-user",
    ] {
        assert!(told.contains(word), "{word} is not in {told}");
    }
    account.nothing_is_there();

    let refused = fails(&mut account.deploy(""));
    assert!(refused.contains("--yes answers beforehand"), "{refused}");
    account.nothing_is_there();
    assert_eq!(account.uploaded(), [""; 0]);
}

#[test]
fn what_is_missing_is_named_before_anything_is_made() {
    let account = Account::open();
    account.describe(json!({ "ConnectOrigin": "https://store.my.connect.aws" }));
    let refused = fails(&mut account.deploy("--yes"));
    assert!(refused.contains("https://shop.my.connect.aws"), "{refused}");

    account.describe(json!({ "ConnectInstanceId": "5ca1ab1e-0000-4000-8000-00000000c0de" }));
    let refused = fails(&mut account.deploy("--yes"));
    assert!(
        refused.contains("aws connect list-instances --region ap-northeast-1"),
        "{refused}"
    );

    account.describe(json!({ "Country": "Japan" }));
    let refused = fails(&mut account.deploy("--yes"));
    assert!(refused.contains("Country is of the form"), "{refused}");
    account.nothing_is_there();
}

#[test]
fn a_desk_without_customers_is_one_pass_and_has_no_proxy() {
    let account = Account::open();
    account.describe(json!({}));

    let told = succeeds(&mut account.deploy("--yes"));

    assert_eq!(told.matches("Make these changes?").count(), 1, "{told}");
    let (_, body) = account.object("site/config.json");
    let config: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&config["api"], &config["auth"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(account.aws("lambda list-functions")["Functions"], json!([]));
}

#[test]
fn a_stack_of_another_template_is_left_alone() {
    let account = Account::open();
    account.describe(json!({}));
    let template = account.path("other.json");
    let other = json!({
        "Parameters": { "Word": { "Type": "String", "Default": "a" } },
        "Resources": { "Bucket": { "Type": "AWS::S3::Bucket" } },
    });
    fs::write(&template, other.to_string()).unwrap();
    account.aws(&format!(
        "cloudformation create-stack --stack-name {STACK} --template-body file://{}",
        template.display()
    ));
    for words in ["deploy", "destroy"] {
        let mut command = match words {
            "deploy" => account.deploy("--yes"),
            _ => account.xtask(&format!("destroy --yes {STACK}")),
        };
        let refused = fails(&mut command);
        assert!(refused.contains("is left alone"), "{refused}");
    }
    assert_eq!(account.stack()["StackStatus"], "CREATE_COMPLETE");
}
