//! Where a request comes from.
//!
//! A proxy on the same machine says for whom it asks (`X-Forwarded-For`); anybody else may say what they like.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

/// Headers by which a proxy shows that it is one.
const OF_PROXIES: [&str; 4] = ["x-forwarded-for", "forwarded", "via", "x-real-ip"];

/// The address of the client, where it is known: the peer's, or the last one that a proxy of this machine names.
pub(super) fn address(extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer(extensions)?;
    if !peer.is_loopback() {
        return Some(peer);
    }
    let named = headers.get_all("x-forwarded-for").iter().next_back();
    let named = named.and_then(|value| value.to_str().ok());
    let last = named.and_then(|text| text.rsplit(',').next()?.trim().parse().ok());
    Some(last.unwrap_or(peer))
}

/// The request was made on this machine, and not passed on by a proxy.
pub(super) fn is_local(extensions: &Extensions, headers: &HeaderMap) -> bool {
    let passed_on = OF_PROXIES.iter().any(|name| headers.contains_key(*name));
    peer(extensions).is_some_and(|peer| peer.is_loopback()) && !passed_on
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let info = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(info.0.ip().to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, forwarded: &str) -> (Option<IpAddr>, bool) {
        let mut extensions = Extensions::new();
        let peer: SocketAddr = peer.parse().unwrap();
        extensions.insert(ConnectInfo(peer));
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        (address(&extensions, &headers), is_local(&extensions, &headers))
    }

    #[test]
    fn only_a_proxy_of_this_machine_is_believed() {
        for (peer, forwarded, address, local) in [
            ("127.0.0.1:9", "", "127.0.0.1", true),
            ("127.0.0.1:9", "203.0.113.5", "203.0.113.5", false),
            ("127.0.0.1:9", "10.0.0.1, 203.0.113.5", "203.0.113.5", false),
            ("[::ffff:127.0.0.1]:9", "2001:db8::1", "2001:db8::1", false),
            ("203.0.113.9:9", "127.0.0.1", "203.0.113.9", false),
            ("127.0.0.1:9", "nonsense", "127.0.0.1", false),
        ] {
            assert_eq!(
                asked(peer, forwarded),
                (Some(address.parse().unwrap()), local),
                "{peer} {forwarded}"
            );
        }
    }
}
