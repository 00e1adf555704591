//! How often one address may ask for the pages anybody can reach: short links, lead cards, calendar feeds. Guessing a code
//! takes longer than its life, and one browser that reloads keeps nobody else waiting. Webhooks are not counted: a carrier
//! sends many, each is signed.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

use frontdesk_domain::ids::{ConversationId, TokenId};
use frontdesk_domain::limits::{CHAT_PER_MINUTE, TOKEN_PER_MINUTE};

use crate::Problem;

/// Requests of one address in a minute, all at once if it likes.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("sixty is not zero");

/// Keys a limiter remembers before it drops those that are not near their limit.
const KEYS_KEPT: usize = 10_000;

fn of_limit(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

/// Counts one more, or says how long to wait.
fn within<K: Clone + Eq + Hash>(limiter: &DefaultKeyedRateLimiter<K>, key: &K, detail: &str) -> Result<(), Problem> {
    if limiter.len() > KEYS_KEPT {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|refused| {
        Problem::too_many(detail, refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    })
}

/// Counts requests by address, by token and by chat.
pub struct Limits {
    pages: DefaultKeyedRateLimiter<IpAddr>,
    /// Requests without a good token, by address.
    guesses: DefaultKeyedRateLimiter<IpAddr>,
    /// Addresses that used their guesses up, and until when they are not listened to.
    guessers: Mutex<HashMap<IpAddr, Instant>>,
    tokens: DefaultKeyedRateLimiter<TokenId>,
    chats: DefaultKeyedRateLimiter<ConversationId>,
    trusted: Vec<IpNet>,
}

impl Limits {
    /// `trusted`: proxies of the installation, whose word about the address is believed.
    pub fn new(trusted: Vec<IpNet>) -> Self {
        Self {
            pages: RateLimiter::keyed(Quota::per_minute(PER_MINUTE)),
            guesses: RateLimiter::keyed(Quota::per_minute(PER_MINUTE)),
            guessers: Mutex::default(),
            tokens: RateLimiter::keyed(Quota::per_minute(of_limit(TOKEN_PER_MINUTE))),
            chats: RateLimiter::keyed(Quota::per_minute(of_limit(CHAT_PER_MINUTE))),
            trusted,
        }
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }

    /// Whether an address that guessed tokens is listened to again.
    pub(crate) fn guessing(&self, client: Option<IpAddr>) -> Result<(), Problem> {
        let Some(client) = client else { return Ok(()) };
        let mut guessers = self.guessers.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(until) = guessers.get(&client) else { return Ok(()) };
        let left = until.saturating_duration_since(Instant::now()).as_secs();
        if left > 0 {
            return Err(Problem::too_many("this address tried too many tokens", left));
        }
        guessers.remove(&client);
        Ok(())
    }

    /// A request came without a good token.
    pub(crate) fn guessed(&self, client: Option<IpAddr>) {
        let Some(client) = client else { return };
        if self.guesses.check_key(&client).is_err() {
            let mut guessers = self.guessers.lock().unwrap_or_else(PoisonError::into_inner);
            if guessers.len() >= KEYS_KEPT {
                guessers.clear();
            }
            guessers.insert(client, Instant::now() + Duration::from_mins(1));
        }
        if self.guesses.len() > KEYS_KEPT {
            self.guesses.retain_recent();
        }
    }

    /// One more request of a token.
    pub(crate) fn token(&self, token: TokenId) -> Result<(), Problem> {
        within(&self.tokens, &token, "this token asked too often")
    }

    /// One more message of a chat.
    pub(crate) fn chat(&self, conversation: ConversationId) -> Result<(), Problem> {
        within(&self.chats, &conversation, "this conversation is faster than anybody types")
    }

    /// Who asks: the peer, or behind proxies of ours the last address of the chain that is not one of them.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
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
            return Problem::too_many("this address asked too often", wait).into_response();
        }
        if limits.pages.len() > KEYS_KEPT {
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
