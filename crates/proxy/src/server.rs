//! The proxy as a server of its own: HTTP/1.1 on one address, until it is told to stop.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// A head that takes longer is held back on purpose.
const SLOWEST_HEAD: Duration = Duration::from_secs(5);
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
