//! An answer that comes in parts: JSON values, each on a line of its own, as they become known.
//!
//! The work is done by whoever reads the answer, not by a task of its own: when the desk goes away
//! the answer is dropped, and with it everything that was still being asked for it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::BoxFuture;
use serde::Serialize;
use tokio::sync::mpsc;

/// Lines that wait for a reader who is slower than AWS.
const WAITING: usize = 16;

/// Where parts go.
#[derive(Debug, Clone)]
pub(crate) struct Sink(mpsc::Sender<Bytes>);

impl Sink {
    /// Sends one part, once the reader has taken enough of those before it.
    pub(crate) async fn send(&self, line: Bytes) {
        // Without a reader nobody would be polling this.
        self.0.send(line).await.ok();
    }
}

/// One part as a line.
pub(crate) fn line(part: &impl Serialize) -> Bytes {
    let mut line = serde_json::to_vec(part).unwrap_or_default();
    line.push(b'\n');
    line.into()
}

/// The body of such an answer.
pub(crate) struct Lines {
    work: Option<BoxFuture<'static, ()>>,
    ready: mpsc::Receiver<Bytes>,
}

impl Lines {
    /// The lines that `work` sends.
    pub(crate) fn of<F: Future<Output = ()> + Send + 'static>(
        work: impl FnOnce(Sink) -> F,
    ) -> Self {
        let (sender, ready) = mpsc::channel(WAITING);
        Self {
            work: Some(Box::pin(work(Sink(sender)))),
            ready,
        }
    }
}

impl Stream for Lines {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // What is ready goes first; then the work goes on, and may have made more ready.
        if let Poll::Ready(Some(line)) = self.ready.poll_recv(context) {
            return Poll::Ready(Some(Ok(line)));
        }
        if let Some(work) = &mut self.work
            && work.as_mut().poll(context).is_ready()
        {
            self.work = None;
        }
        self.ready.poll_recv(context).map(|line| line.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, StreamExt as _};

    use super::*;

    #[tokio::test]
    async fn parts_come_as_they_are_sent_and_the_end_ends_it() {
        let lines = Lines::of(|sink| async move {
            for part in 0..100_u8 {
                sink.send(line(&part)).await;
            }
        });
        let read: Vec<_> = lines.map(|it| it.expect("a line")).collect().await;
        assert_eq!(read.len(), 100);
        assert_eq!(read[7], "7\n");
    }

    #[tokio::test]
    async fn the_first_part_does_not_wait_for_the_second() {
        let mut lines = Lines::of(|sink| async move {
            sink.send(line(&1)).await;
            std::future::pending::<()>().await;
        });
        assert!(lines.next().now_or_never().flatten().is_some());
        assert!(lines.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn work_ends_with_its_reader() {
        let (kept, dropped) = tokio::sync::oneshot::channel::<()>();
        let mut lines = Lines::of(|sink| async move {
            let _kept = (kept, sink);
            std::future::pending::<()>().await;
        });
        assert!(lines.next().now_or_never().is_none());
        drop(lines);
        dropped.await.expect_err("the work was dropped");
    }
}
