//! The proxy's program: a server of its own, or a Lambda function behind a function URL.
//!
//! It is the same router either way. On Lambda the answer is streamed: the first part is on its way
//! before the last is known.

use std::process::ExitCode;

use proxy::{Clock, Config, Proxy, router, serve};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Ends the proxy when standard input does: even a killed test runner takes its proxies along.
const UNTIL_STDIN_CLOSES: &str = "--until-stdin-closes";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let until_stdin_closes = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => false,
        (Some(UNTIL_STDIN_CLOSES), None) => true,
        _ => {
            eprintln!("usage: desk-proxy [{UNTIL_STDIN_CLOSES}]; the rest is in the environment");
            return ExitCode::from(2);
        }
    };
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => {
            eprintln!("the proxy failed to {error}");
            return ExitCode::FAILURE;
        }
    };
    log(&config);
    // A function has one request at a time, and pays for every thread.
    let runtime = if on_lambda() {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
    } else {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
    };
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(run(config, until_stdin_closes));
            // A read of standard input cannot be cancelled; it must not keep the process alive.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the proxy stops");
            ExitCode::FAILURE
        }
    }
}

fn on_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

/// One JSON object for each event, on standard output, where Lambda and container hosts collect it.
fn log(config: &Config) {
    let levels: Targets = config.log.parse().unwrap_or_default();
    tracing_subscriber::registry()
        .with(
            tracing_subscriber::fmt::layer()
                .json()
                .flatten_event(true)
                .with_current_span(false),
        )
        .with(levels)
        .init();
    let standard = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // The message of a panic may hold what was being looked at; its place does not.
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "panic");
        if cfg!(debug_assertions) {
            standard(panic);
        }
    }));
}

async fn run(config: Config, until_stdin_closes: bool) -> Result<(), lambda_http::Error> {
    let credentials = config.credentials().await?;
    let listen = config.listen;
    let clock = Clock::at(config.clock.clone());
    let proxy = Proxy::new(config, credentials, clock)?;
    if on_lambda() {
        return lambda_http::run_with_streaming_response(router(proxy)).await;
    }
    let listener = TcpListener::bind(listen).await?;
    let stop = stop_signal(until_stdin_closes)?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    serve(listener, router(proxy), stop).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Ctrl-C, what a container host sends, or the end of standard input where that counts.
fn stop_signal(until_stdin_closes: bool) -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    // Whoever reads that we listen may end us at once, so the signals are caught before that.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = stdin_closed(), if until_stdin_closes => {}
        }
    })
}

async fn stdin_closed() {
    let mut stdin = tokio::io::stdin();
    let mut bytes = [0_u8; 256];
    while stdin.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
}
