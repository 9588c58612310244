//! Answering connections, for as long as the process runs. Whoever is slow to ask is cut off.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service as _;

use crate::worker::Stop;

/// How long a client may take to send the head of a request, or to be idle between two.
const HEAD: Duration = Duration::from_secs(20);
/// The largest head of a request, in bytes.
const LARGEST_HEAD: usize = 64 * 1024;
/// The most connections at a time; others wait to be accepted.
const MOST_CONNECTIONS: usize = 2_000;
/// After a failure to accept (no file handles are left) it is tried again.
const BREATH: Duration = Duration::from_millis(200);

/// Serves until told to stop; then what is under way is still answered.
pub async fn serve(listener: TcpListener, routes: Router, mut stop: Stop) {
    let mut services = routes.into_make_service_with_connect_info::<SocketAddr>();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.said() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let answering = connection(&mut services, stream, peer, stop.clone()).await;
        tokio::spawn(async move {
            answering.await;
            drop(place);
        });
    }
    drop(listener);
    // Each connection holds a place.
    let all = u32::try_from(MOST_CONNECTIONS).unwrap_or(u32::MAX);
    let _every_place = places.acquire_many(all).await;
}

async fn connection(
    services: &mut IntoMakeServiceWithConnectInfo<Router, SocketAddr>,
    stream: TcpStream,
    peer: SocketAddr,
    mut stop: Stop,
) -> impl Future<Output = ()> + Send + use<> {
    let service = match services.call(peer).await {
        Ok(service) => TowerToHyperService::new(service),
        Err(never) => match never {},
    };
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LARGEST_HEAD);
    async move {
        let mut answering = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let ended = tokio::select! {
            ended = answering.as_mut() => ended,
            () = stop.said() => {
                answering.as_mut().graceful_shutdown();
                answering.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke off");
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::worker::stop_pair;

    #[tokio::test]
    async fn what_is_under_way_is_answered_before_the_end() {
        let (stopper, stop) = stop_pair();
        let said = stop.clone();
        let answer = move || {
            let mut said = said.clone();
            async move {
                said.said().await;
                tokio::time::sleep(Duration::from_millis(50)).await;
                "done"
            }
        };
        let routes = Router::new().route("/", axum::routing::get(answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(serve(listener, routes, stop));
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        stopper.stop();
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        assert!(
            text.starts_with("HTTP/1.1 200") && text.ends_with("done"),
            "{text}"
        );
        serving.await.unwrap();
    }
}
