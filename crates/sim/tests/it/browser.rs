//! A browser as far as the simulator can tell: requests with headers, a cookie, a CCP page.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sim::Sim;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// When to give up on what never comes. A test that holds never waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .find(named)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// Sends one request; HTTP/1.0, so that the body ends with the connection.
pub(crate) async fn request(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let rest = url.strip_prefix("http://").expect("an address");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).await.expect("a listener");
    let names_host = headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"));
    let length = body.len().to_string();
    let own = [("Content-Length", length.as_str()), ("Host", host)];
    let head: Vec<String> = own
        .iter()
        .filter(|(name, _)| *name != "Host" || !names_host)
        .chain(headers)
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let head = format!("{method} /{path} HTTP/1.0\r\n{}\r\n\r\n", head.join("\r\n"));
    // A server that refuses a body may hang up before it has read it.
    stream.write_all(head.as_bytes()).await.ok();
    stream.write_all(body).await.ok();
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await.ok();
    let end = raw
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    Answer {
        status: status.and_then(|code| code.parse().ok()).expect("a status"),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: raw[end + 4..].to_vec(),
    }
}

pub(crate) async fn get(url: &str) -> Answer {
    request("GET", url, &[], b"").await
}

/// Posts to the control API of a simulator.
pub(crate) async fn control(sim: &Sim, path: &str, body: Value) -> Answer {
    let url = format!("{}{path}", sim.control_url());
    let json = [("Content-Type", "application/json")];
    request("POST", &url, &json, body.to_string().as_bytes()).await
}

pub(crate) async fn book(sim: &Sim) -> Value {
    get(&format!("{}/book", sim.control_url())).await.json()
}

/// A simulator whose clock stands still.
pub(crate) async fn frozen(scenario: sim::Scenario) -> Sim {
    let sim = Sim::start(scenario).await.expect("a simulator");
    let frozen = control(&sim, "/clock", json!({ "freeze": true })).await;
    assert_eq!(frozen.status, 200);
    sim
}

/// Opens the CCP's page; the cookie that came with it.
pub(crate) async fn cookie(sim: &Sim) -> String {
    let page = get(&sim.ccp_url()).await;
    let cookie = page.header("set-cookie").expect("a session");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// An open CCP page.
pub(crate) struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    requests: u32,
}

impl Page {
    /// Opens the socket as the page does; the HTTP status when it is refused.
    pub(crate) async fn open(sim: &Sim, cookie: &str, origin: Option<&str>) -> Result<Self, u16> {
        let url = sim.ccp_url().replacen("http", "ws", 1);
        let mut request = format!("{url}socket?framed=1")
            .into_client_request()
            .expect("an address");
        let headers = request.headers_mut();
        headers.insert("cookie", cookie.parse().expect("a cookie"));
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().expect("an origin"));
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Self {
                socket,
                requests: 0,
            }),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
                Err(response.status().as_u16())
            }
            Err(error) => panic!("no socket: {error}"),
        }
    }

    pub(crate) async fn of_new_browser(sim: &Sim) -> Self {
        let cookie = cookie(sim).await;
        Self::open(sim, &cookie, None).await.expect("a page")
    }

    pub(crate) async fn send_raw(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.ok();
    }

    pub(crate) async fn send(&mut self, event: &str, data: Value) {
        let envelope = json!({ "event": event, "data": data });
        self.send_raw(&envelope.to_string()).await;
    }

    /// The next envelope; `Err` with the close code when there is none any more.
    pub(crate) async fn next(&mut self) -> Result<(String, Value), Option<u16>> {
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await;
            match next.expect("nothing came, and nothing will") {
                Some(Ok(Message::Text(text))) => {
                    let mut envelope: Value = serde_json::from_str(&text).expect("an envelope");
                    let event = envelope["event"].as_str().expect("a name").to_owned();
                    return Ok((event, envelope["data"].take()));
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The payload of the next envelope of that name.
    pub(crate) async fn until(&mut self, event: &str) -> Value {
        loop {
            let (name, data) = self.next().await.expect("an open page");
            if name == event {
                return data;
            }
        }
    }

    /// The next snapshot in which the agent is in that state.
    pub(crate) async fn until_state(&mut self, state: &str) -> Value {
        loop {
            let snapshot = self.until("agent::update").await["snapshot"].take();
            if snapshot["state"]["name"] == state {
                return snapshot;
            }
        }
    }

    /// Asks as the library does, and waits for the answer.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = format!("1767258000000-{}", self.requests);
        let request = json!({
            "event": "api_request", "requestId": id, "method": method, "params": params,
        });
        self.send("api_request", request).await;
        loop {
            let answer = self.until("api_response").await;
            if answer["requestId"] == *id {
                return answer;
            }
        }
    }

    /// Whether the server still serves this page.
    pub(crate) async fn is_served(&mut self) -> bool {
        self.send("synchronize", Value::Null).await;
        loop {
            match self.next().await {
                Ok((event, data)) if event == "acknowledge" && data.is_null() => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    }
}
