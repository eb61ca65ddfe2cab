//! The program: what it prints, and when it ends.

use std::process::Stdio;

use rstest::rstest;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::browser::get;

fn start(arguments: &[&str]) -> (Child, BufReader<ChildStdout>) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the program");
    let out = BufReader::new(program.stdout.take().expect("standard output"));
    (program, out)
}

#[tokio::test]
async fn it_says_ready_once_serves_and_ends_with_its_standard_input() {
    let (mut program, mut out) = start(&["--until-stdin-closes"]);
    let mut line = String::new();
    out.read_line(&mut line).await.expect("a line");
    let words: Vec<&str> = line.split_whitespace().collect();
    let [ready, ccp, phone, aws, identity] = words.as_slice() else {
        panic!("not five words: {line}");
    };
    assert_eq!(*ready, "READY");
    assert_eq!(get(ccp.strip_prefix("ccp=").unwrap()).await.status, 200);
    assert_eq!(get(phone.strip_prefix("phone=").unwrap()).await.status, 200);
    let issuer = identity.strip_prefix("identity=").unwrap();
    assert_eq!(get(&format!("{issuer}/jwks")).await.status, 200);
    assert_eq!(get(aws.strip_prefix("aws=").unwrap()).await.status, 403);

    drop(program.stdin.take());
    assert!(program.wait().await.expect("an end").success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).await.expect("the rest");
    assert_eq!(rest, "");
}

#[tokio::test]
async fn without_a_ccp_it_names_the_desk_only() {
    let files = tempfile::tempdir().expect("a folder");
    let config = files.path().join("config.json");
    let text = r#"{ "ccp": { "url": "https://shop.my.connect.aws/ccp-v2/" } }"#;
    std::fs::write(&config, text).expect("a file");
    let (_program, mut out) = start(&[
        "--no-ccp",
        &format!("--dist={}", files.path().display()),
        &format!("--config={}", config.display()),
    ]);
    let mut line = String::new();
    out.read_line(&mut line).await.expect("a line");
    let url = line.trim().strip_prefix("READY desk=").expect("a desk");
    assert_eq!(get(&format!("{url}config.json")).await.status, 200);
}

#[rstest]
#[case::nothing_to_serve(&["--no-ccp"])]
#[case::a_port_for_what_is_not_there(&["--no-ccp", "--ccp-port=0", "--dist=.", "--config=x"])]
#[tokio::test]
async fn a_contradiction_is_refused(#[case] arguments: &[&str]) {
    let (mut program, _) = start(arguments);
    assert_eq!(program.wait().await.expect("an end").code(), Some(2));
}

#[tokio::test]
async fn what_is_no_incident_file_is_not_played() {
    let files = tempfile::tempdir().expect("a folder");
    let file = files.path().join("incident.json");
    std::fs::write(&file, r#"{ "format": "har" }"#).expect("a file");
    let (mut program, _) = start(&["--replay", &file.display().to_string()]);
    assert_eq!(program.wait().await.expect("an end").code(), Some(1));
}

#[cfg(unix)]
#[tokio::test]
async fn it_ends_cleanly_when_it_is_told_to() {
    let (mut program, mut out) = start(&[]);
    out.read_line(&mut String::new()).await.expect("a line");
    let pid = program.id().expect("running").to_string();
    let told = Command::new("kill").args(["-TERM", &pid]).status().await;
    assert!(told.expect("kill").success());
    assert!(program.wait().await.expect("an end").success());
}

#[tokio::test]
async fn a_taken_port_is_an_error_and_not_a_panic() {
    let (_first, mut out) = start(&["--until-stdin-closes"]);
    let mut line = String::new();
    out.read_line(&mut line).await.expect("a line");
    let port = line
        .split(|c: char| !c.is_ascii_digit())
        .find(|digits| digits.len() > 3)
        .expect("a port");
    let (mut second, _) = start(&["--ccp-port", port]);
    assert_eq!(second.wait().await.expect("an end").code(), Some(1));
}
