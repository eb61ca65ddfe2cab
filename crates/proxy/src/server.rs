//! The proxy as a server of its own: HTTP/1.1 on one address, until it is told to stop.

mod patience;

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use self::patience::Patient;

/// A head that takes longer is held back on purpose.
const SLOWEST_HEAD: Duration = Duration::from_secs(5);
/// A reader who takes nothing of what is written for so long has gone, whatever the connection says.
const SLOWEST_READER: Duration = Duration::from_secs(10);
/// Room for a head with the longest token, and no more.
const LARGEST_HEAD: usize = 16_384;
/// What is under way when the proxy is stopped has this long to end.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Serves `router` until `stop` comes; then takes no more and ends what is under way.
///
/// # Errors
///
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(SLOWEST_HEAD)
        .max_buf_size(LARGEST_HEAD);
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Too many open files, or a caller who is gone already: neither is the end.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        stream.set_nodelay(true).ok();
        let service = TowerToHyperService::new(router.clone());
        let stream = Patient::new(stream, SLOWEST_READER);
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // A caller who hangs up is no error of ours.
            connection.await.ok();
        });
    }
    drop(listener);
    tokio::time::timeout(LAST_WORDS, connections.shutdown())
        .await
        .ok();
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use axum::routing::post;
    use bytes::Bytes;
    use rstest::rstest;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::{Notify, oneshot};

    use super::*;

    /// What the server answers to exactly these bytes.
    async fn answer(bytes: &[u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().route("/", post(|body: String| async move { body }));
        let server = tokio::spawn(serve(listener, router, std::future::pending()));
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(bytes).await.expect("room");
        let mut text = vec![0; 4_096];
        let length = stream.read(&mut text).await.expect("an answer");
        server.abort();
        String::from_utf8_lossy(&text[..length]).into_owned()
    }

    /// Heads that two readers would read as two different requests.
    #[rstest]
    #[case::two_lengths(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc"
    )]
    #[case::length_with_a_sign("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +2\r\n\r\nab")]
    #[case::folded(
        "POST / HTTP/1.1\r\nhost: x\r\nx-agent-token: a\r\n b\r\ncontent-length: 2\r\n\r\nab"
    )]
    #[case::space_before_the_colon("POST / HTTP/1.1\r\nhost: x\r\ncontent-length : 2\r\n\r\nab")]
    #[case::null(
        "POST / HTTP/1.1\r\nhost: x\r\nx-agent-token: a\0b\r\ncontent-length: 2\r\n\r\nab"
    )]
    #[case::unknown_coding("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\nab")]
    #[case::chunk_without_a_size(
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n"
    )]
    #[tokio::test]
    async fn is_refused(#[case] bytes: &str) {
        let answer = answer(bytes.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }

    #[rstest]
    #[case::one_length("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nab")]
    #[case::one_line(
        "POST / HTTP/1.1\r\nhost: x\r\nx-agent-token: a b\r\ncontent-length: 2\r\n\r\nab"
    )]
    #[case::chunks(
        "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    )]
    #[tokio::test]
    async fn is_served(#[case] bytes: &str) {
        let answer = answer(bytes.as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.ends_with("ab"),
            "{answer}"
        );
    }

    #[tokio::test]
    async fn a_head_without_end_is_refused() {
        let head = format!(
            "POST / HTTP/1.1\r\nhost: x\r\nx-agent-token: {}\r\n",
            "a".repeat(LARGEST_HEAD)
        );
        let answer = answer(head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }

    #[tokio::test]
    async fn what_is_under_way_ends_before_the_server_does() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (inside, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (entered, allowed) = (inside.clone(), leave.clone());
        let operation = post(move || async move {
            entered.notify_one();
            allowed.notified().await;
            "done"
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(
            listener,
            Router::new().route("/", operation),
            async {
                stopped.await.ok();
            },
        ));
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream
            .write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
            .await
            .expect("room");
        inside.notified().await;
        stop.send(()).expect("a server");
        leave.notify_one();
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .await
            .expect("an answer and the end");
        assert!(answer.ends_with("done"), "{answer}");
        server.await.expect("no panic").expect("no fault");
        assert!(
            TcpStream::connect(address).await.is_err(),
            "and nobody is let in any more"
        );
    }
    /// Who asks for an answer without end, and the sign that the server has given it up.
    async fn an_endless_answer() -> (TcpStream, oneshot::Receiver<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (kept, given_up) = oneshot::channel::<()>();
        let kept = Arc::new(std::sync::Mutex::new(Some(kept)));
        let operation = post(move || async move {
            let kept = kept.lock().expect("no panic").take();
            let piece = Bytes::from(vec![b'x'; 65_536]);
            let pieces = std::iter::repeat_with(move || {
                let _kept = &kept;
                Ok::<_, std::io::Error>(piece.clone())
            });
            Body::from_stream(futures_util::stream::iter(pieces))
        });
        tokio::spawn(serve(
            listener,
            Router::new().route("/", operation),
            std::future::pending(),
        ));
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream
            .write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
            .await
            .expect("room");
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.expect("an answer");
        assert_eq!(&first, b"HTTP/1.1 200");
        (stream, given_up)
    }

    #[tokio::test]
    async fn a_reader_who_stops_reading_is_given_up() {
        let (_reader, given_up) = an_endless_answer().await;
        // From here on time goes on when nothing else does.
        tokio::time::pause();
        tokio::time::timeout(SLOWEST_READER * 3, given_up)
            .await
            .expect("the answer is dropped, and its place with it")
            .expect_err("nobody says so");
    }

    #[tokio::test]
    async fn a_reader_who_pauses_and_reads_on_is_served() {
        let (mut reader, mut given_up) = an_endless_answer().await;
        let mut piece = vec![0; 1 << 20];
        for _ in 0..3 {
            tokio::time::pause();
            tokio::time::advance(SLOWEST_READER / 2).await;
            tokio::time::resume();
            // More than waits in any buffer between the two.
            for _ in 0..32 {
                reader.read_exact(&mut piece).await.expect("more");
            }
        }
        assert_eq!(
            given_up.try_recv(),
            Err(oneshot::error::TryRecvError::Empty)
        );
    }
}
