//! The proxy's program: a server of its own, or a Lambda function behind a function URL.
//!
//! It is the same router either way. On Lambda the answer is streamed: the first part is on its way
//! before the last is known.

use std::process::ExitCode;

use aws_config::{BehaviorVersion, Region};
use proxy::{Clock, Config, Proxy, router, serve};
use tokio::net::TcpListener;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

fn main() -> ExitCode {
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
        Ok(runtime) => runtime.block_on(run(config)),
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

async fn run(config: Config) -> Result<(), lambda_http::Error> {
    let chain = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(config.region.to_string()))
        .load()
        .await;
    let credentials = chain
        .credentials_provider()
        .ok_or("the chain of credentials is empty")?;
    let listen = config.listen;
    let proxy = Proxy::new(config, credentials, Clock::system())?;
    if on_lambda() {
        return lambda_http::run_with_streaming_response(router(proxy)).await;
    }
    let listener = TcpListener::bind(listen).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    serve(listener, router(proxy), stop_signal()).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Ctrl-C, or what a container host sends.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
