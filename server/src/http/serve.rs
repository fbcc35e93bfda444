//! Serves connections: what axum leaves to whoever runs it, limits of time and an orderly end.

use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A pause when no connection can be taken, as with too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// How long is waited for clients.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    /// For the head of a request, also of the next on the same connection.
    pub head: Duration,
    /// For requests under way when the process stops.
    pub grace: Duration,
}

impl Default for Ends {
    fn default() -> Self {
        Self { head: Duration::from_secs(30), grace: Duration::from_secs(10) }
    }
}

/// Serves until `stop`, then lets requests under way end. False when some did not in time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    ends: Ends,
) -> bool {
    // A task of its own: what the main thread takes in would have to be handed over to another for each connection.
    tokio::spawn(accept(listener, router, stop, ends)).await.unwrap_or(false)
}

async fn accept(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    ends: Ends,
) -> bool {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(ends.head);
    let ending = watch::Sender::new(false);
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((io, peer)) => connection(&http, ending.subscribe(), &router, io, peer),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    ending.send_replace(true);
    tokio::time::timeout(ends.grace, ending.closed()).await.is_ok()
}

fn connection(
    http: &http1::Builder,
    mut ending: watch::Receiver<bool>,
    router: &Router,
    io: TcpStream,
    peer: SocketAddr,
) {
    // An event waits for nothing.
    let _ = io.set_nodelay(true);
    let router = TowerToHyperService::new(router.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.call(request)
    });
    let connection = http.serve_connection(TokioIo::new(io), service).with_upgrades();
    tokio::spawn(async move {
        let mut connection = pin!(connection);
        // How a connection ends is its client's affair.
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = async { drop(ending.wait_for(|end| *end).await) } => None,
        };
        if ended.is_none() {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    });
}
