//! How often one address may ask for the pages anybody can reach: short links, lead cards, calendar feeds. Guessing a code
//! takes longer than its life, and one browser that reloads keeps nobody else waiting. Webhooks are not counted: a carrier
//! sends many, each is signed.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

use crate::Problem;

/// Requests of one address in a minute, all at once if it likes.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("sixty is not zero");

/// Counts requests by address.
pub struct Limits {
    pages: DefaultKeyedRateLimiter<IpAddr>,
    trusted: Vec<IpNet>,
}

impl Limits {
    /// `trusted`: proxies of the installation, whose word about the address is believed.
    pub fn new(trusted: Vec<IpNet>) -> Self {
        Self { pages: RateLimiter::keyed(Quota::per_minute(PER_MINUTE)), trusted }
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }

    /// Who asks: the peer, or behind proxies of ours the last address of the chain that is not one of them.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.is_trusted(peer) {
            return peer;
        }
        let chain = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<IpAddr> =
            chain.flat_map(|value| value.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
        hops.iter().rev().find(|hop| !self.is_trusted(**hop)).copied().unwrap_or(peer)
    }
}

/// Lets a page through, or answers 429 with the seconds to wait.
pub(crate) async fn pages(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    // Without a peer (a request made inside the process) there is nobody to count.
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if let Some(peer) = peer {
        let client = limits.client(peer, request.headers());
        if let Err(refused) = limits.pages.check_key(&client) {
            let wait = refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            let mut answer = Problem::new("too_many", "this address asked too often").into_response();
            answer.headers_mut().insert(header::RETRY_AFTER, wait.into());
            return answer;
        }
        if limits.pages.len() > 10_000 {
            limits.pages.retain_recent();
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_says_who_asks() {
        let limits = Limits::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.2.3.4, 203.0.113.7, 10.0.0.9".parse().unwrap());
        assert_eq!(limits.client(address("10.1.1.1"), &headers), address("203.0.113.7"), "the last that is not ours");
        assert_eq!(limits.client(address("198.51.100.1"), &headers), address("198.51.100.1"), "a stranger's word");
        assert_eq!(limits.client(address("10.1.1.1"), &HeaderMap::new()), address("10.1.1.1"));
    }

    #[test]
    fn one_address_does_not_use_up_another_s_share() {
        let limits = Limits::new(Vec::new());
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let taken = (0..100).filter(|_| limits.pages.check_key(&one).is_ok()).count();
        assert_eq!(taken, 60);
        assert!(limits.pages.check_key(&other).is_ok());
    }
}
