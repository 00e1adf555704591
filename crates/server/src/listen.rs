//! Taking connections: plain or with our own certificate, so many and no more, none of them for ever.
//!
//! A connection costs a file descriptor. Whoever opens many and sends nothing, or a byte a minute, must not keep a carrier's
//! webhook out: headers have a deadline, one address has so many connections, and all together leave descriptors for the
//! database and the carriers.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// A client that does not finish its handshake in this time is let go.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The headers of a request, from its first byte; an idle connection is closed after it too.
const HEADERS: Duration = Duration::from_secs(20);
/// Connections of one address; proxies of ours and this machine have no such limit.
const PER_ADDRESS: usize = 64;
/// Connections at once, where the system allows as many files.
const ALL: usize = 8_192;
/// After a failed accept: descriptors are out, and trying again at once would only spin.
const PAUSE: Duration = Duration::from_millis(50);

/// How connections are taken.
pub struct Listening {
    /// With an own certificate.
    pub tls: Option<Arc<ServerConfig>>,
    /// Whose connections are many people's.
    pub proxies: Vec<IpNet>,
    /// Ends it: no new connections, and those open finish their request.
    pub stop: CancellationToken,
}

/// Serves a router until it is stopped and every connection has ended.
pub async fn serve(listener: TcpListener, router: Router, listening: Listening) {
    let Listening { tls, proxies, stop } = listening;
    let gate = Arc::new(Gate { all: most(), proxies, open: Mutex::default() });
    let acceptor = tls.map(TlsAcceptor::from);
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let Some(place) = Gate::enter(&gate, peer.ip()) else { continue };
        // Answers are small and whole.
        let _ = stream.set_nodelay(true);
        let (router, stop, acceptor) = (router.clone(), stop.clone(), acceptor.clone());
        connections.spawn(async move {
            let _place = place;
            match acceptor {
                None => connection(stream, peer, router, stop).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        connection(stream, peer, router, stop).await;
                    }
                }
            }
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection<S>(stream: S, peer: SocketAddr, router: Router, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    let mut serving = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut stopping = false;
    loop {
        tokio::select! {
            // A client that went away, or was too slow, is no fault of ours.
            _ = serving.as_mut() => return,
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Half of the files this process may open, at most [`ALL`]; the soft limit is raised to the hard one first.
fn most() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        let _ = setrlimit(Resource::Nofile, limit);
    }
    let files = getrlimit(Resource::Nofile).current.map_or(ALL, |files| usize::try_from(files / 2).unwrap_or(ALL));
    files.clamp(64, ALL)
}

/// Who is in.
struct Gate {
    all: usize,
    proxies: Vec<IpNet>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place of one connection; leaving gives it back.
struct Place {
    gate: Arc<Gate>,
    of: Option<IpAddr>,
}

impl Gate {
    fn enter(gate: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let is_ours = address.is_loopback() || gate.proxies.iter().any(|net| net.contains(&address));
        let of = (!is_ours).then(|| one_subscriber(address));
        let mut open = gate.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= gate.all {
            return None;
        }
        if let Some(of) = of {
            let count = open.by_address.entry(of).or_default();
            if *count >= PER_ADDRESS {
                return None;
            }
            *count += 1;
        }
        open.all += 1;
        Some(Place { gate: Arc::clone(gate), of })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.gate.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(of) = self.of {
            if let Some(count) = open.by_address.get_mut(&of) {
                *count -= 1;
                if *count == 0 {
                    open.by_address.remove(&of);
                }
            }
        }
    }
}

/// A subscriber's addresses are one: of IPv6 the first 64 bits.
fn one_subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_takes_no_more_than_its_share_and_a_proxy_as_many_as_there_are() {
        let proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let gate = Arc::new(Gate { all: 200, proxies, open: Mutex::default() });
        let stranger: IpAddr = "203.0.113.7".parse().unwrap();
        let mut places: Vec<Place> = (0..PER_ADDRESS).filter_map(|_| Gate::enter(&gate, stranger)).collect();
        assert!(places.len() == PER_ADDRESS && Gate::enter(&gate, stranger).is_none());
        assert!(Gate::enter(&gate, "203.0.113.8".parse().unwrap()).is_some(), "a neighbour is let in");
        places.pop();
        assert!(Gate::enter(&gate, stranger).is_some(), "a place that was left is free");
        let proxy: IpAddr = "10.1.2.3".parse().unwrap();
        places.extend((0..200).filter_map(|_| Gate::enter(&gate, proxy)));
        assert_eq!(places.len(), 200, "all together have a limit");
        let (one, other) = ("2001:db8::1".parse().unwrap(), "2001:db8::ffff".parse().unwrap());
        assert_eq!(one_subscriber(one), one_subscriber(other));
        drop(places);
        assert!(gate.open.lock().unwrap().by_address.is_empty());
    }
}
