//! Where the time comes from: an input, so that a test can turn it.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::Uri;
use serde::Deserialize;

/// A simulator on this machine that takes longer is gone.
const PATIENCE: Duration = Duration::from_secs(1);

/// A source of the present moment.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The clock of this machine.
    pub fn system() -> Self {
        Self::new(Utc::now)
    }

    /// The clock of a simulator on this machine: whoever turns it turns it for calls, signatures and
    /// tokens alike. It is asked each time, so there is no moment at which the two differ; the machine's
    /// own clock stands in for one that does not answer.
    ///
    /// `url` answers a GET with `{"now": "…"}`, RFC 3339.
    pub fn asked_at(url: Uri) -> Self {
        Self::new(move || ask(&url).unwrap_or_else(Utc::now))
    }

    /// The one at this address, or else that of this machine.
    pub fn at(url: Option<Uri>) -> Self {
        url.map_or_else(Self::system, Self::asked_at)
    }

    /// A clock that says what `now` says.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present moment.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

#[derive(Deserialize)]
struct Shown {
    now: String,
}

fn ask(url: &Uri) -> Option<DateTime<Utc>> {
    let address = (url.host()?, url.port_u16()?).to_socket_addrs().ok()?;
    let mut stream = connect(address)?;
    let authority = url.authority()?;
    // Version 1.0: the answer ends with the connection.
    let request = format!("GET {} HTTP/1.0\r\nHost: {authority}\r\n\r\n", url.path());
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let shown: Shown = serde_json::from_str(body).ok()?;
    shown.now.parse().ok()
}

fn connect(mut addresses: impl Iterator<Item = SocketAddr>) -> Option<TcpStream> {
    let stream =
        addresses.find_map(|address| TcpStream::connect_timeout(&address, PATIENCE).ok())?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    Some(stream)
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn a_simulator_s_clock_is_read_each_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let simulator = thread::spawn(move || {
            for time in ["2026-01-05T00:00:00.000Z", "2026-01-05T00:10:00.000Z"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = vec![0; 1_024];
                let length = stream.read(&mut request).unwrap();
                assert!(request[..length].starts_with(b"GET /control/clock HTTP/1.0\r\n"));
                write!(
                    stream,
                    "HTTP/1.0 200 OK\r\n\r\n{{\"now\":\"{time}\",\"running\":true}}"
                )
                .unwrap();
            }
        });
        let url = format!("http://{address}/control/clock");
        let clock = Clock::asked_at(url.parse().unwrap());
        assert_eq!(clock.now().to_rfc3339(), "2026-01-05T00:00:00+00:00");
        assert_eq!(clock.now().to_rfc3339(), "2026-01-05T00:10:00+00:00");
        simulator.join().unwrap();
    }
}
