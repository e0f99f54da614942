//! Agents: each serves one exchange at a time and keeps its connection between exchanges.
//!
//! Invariants: an agent is either in the idle list, under the host it is connected with, or in one `Line`. One that was shut down
//! never gets back into the list.

use super::Outgoing;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};
use ureq::config::{AutoHeaderValue, Config};
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Error, Proxy, http};

/// How many idle connections are kept in all, for one host, and how long: as in Go.
const MAX_IDLE: usize = 100;
const MAX_IDLE_PER_HOST: usize = 2;
const IDLE_TIME: Duration = Duration::from_secs(90);
/// How long finding and connecting a host may take.
const CONNECT_TIME: Duration = Duration::from_secs(30);

/// An agent, and what it knows about its host.
#[derive(Clone)]
pub(super) struct Line {
    agent: Agent,
    key: String,
    /// The host's address, once it has been looked up.
    address: Arc<Mutex<Option<SocketAddr>>>,
}

static IDLE: LazyLock<Mutex<Vec<(Instant, Line)>>> = LazyLock::new(Mutex::default);

/// Notes the address that a host was found at, for error messages.
#[derive(Debug)]
struct Noting {
    found: Arc<Mutex<Option<SocketAddr>>>,
    inner: DefaultResolver,
}

impl Resolver for Noting {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let addresses = self.inner.resolve(uri, config, timeout)?;
        *super::lock(&self.found) = addresses.first().copied();
        Ok(addresses)
    }
}

impl Line {
    /// A line to that host (`name:port`): an idle one, or a new one.
    pub(super) fn take(scheme: &str, host: &str) -> Line {
        let key = format!("{scheme}://{host}");
        let mut idle = super::lock(&IDLE);
        idle.retain(|(since, _)| since.elapsed() < IDLE_TIME);
        if let Some(at) = idle.iter().rposition(|(_, line)| line.key == key) {
            return idle.remove(at).1;
        }
        drop(idle);
        Line::new(scheme, host, key)
    }

    fn new(scheme: &str, host: &str, key: String) -> Line {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let proxy = environment_proxy(scheme, name).and_then(|p| Proxy::new(&p).ok());
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .max_response_header_size(1 << 20)
            .max_idle_connections_per_host(1)
            .max_idle_age(IDLE_TIME)
            .timeout_resolve(Some(CONNECT_TIME))
            .timeout_connect(Some(CONNECT_TIME))
            .proxy(proxy)
            .tls_config(TlsConfig::builder().root_certs(roots()).build())
            .build();
        let address = Arc::new(Mutex::new(None));
        let resolver = Noting {
            found: address.clone(),
            inner: DefaultResolver::default(),
        };
        Line {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver),
            key,
            address,
        }
    }

    /// Keeps the line for the next exchange with its host.
    pub(super) fn put_back(&self) {
        let mut idle = super::lock(&IDLE);
        let same = idle.iter().filter(|(_, line)| line.key == self.key).count();
        if same < MAX_IDLE_PER_HOST && idle.len() < MAX_IDLE {
            idle.push((Instant::now(), self.clone()));
        }
    }

    /// Closes the connection; whoever waits for it fails.
    pub(super) fn shutdown(&self) {
        self.agent.clone().shutdown();
    }

    /// The host's address, if it has been looked up.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        *super::lock(&self.address)
    }

    /// Sends a request and waits for the header of the response.
    pub(super) fn run(&self, out: &Outgoing) -> Result<http::Response<Body>, Error> {
        match (&out.body, out.method.as_str()) {
            (Some(body), "GET" | "HEAD" | "DELETE" | "OPTIONS" | "TRACE") if !body.is_empty() => {
                self.run_forced(out, body)
            }
            (Some(body), _) => self.run_plain(out, body.as_slice()),
            // Go says of such a request without a body that its body is empty.
            (None, "POST" | "PUT" | "PATCH") => self.run_plain(out, &[][..]),
            (None, _) => {
                let request = builder(out).body(()).map_err(Error::Http)?;
                self.agent.run(self.limited(request, out))
            }
        }
    }

    fn run_plain(&self, out: &Outgoing, body: &[u8]) -> Result<http::Response<Body>, Error> {
        let request = builder(out).body(body).map_err(Error::Http)?;
        self.agent.run(self.limited(request, out))
    }

    fn limited<S: ureq::AsSendBody>(
        &self,
        request: http::Request<S>,
        out: &Outgoing,
    ) -> http::Request<S> {
        match out.header_timeout {
            Some(limit) => self
                .agent
                .configure_request(request)
                .timeout_recv_response(Some(limit))
                .build(),
            None => request,
        }
    }

    /// A body with a method that usually has none.
    fn run_forced(&self, out: &Outgoing, body: &[u8]) -> Result<http::Response<Body>, Error> {
        let agent = &self.agent;
        let mut request = match out.method.as_str() {
            "HEAD" => agent.head(&out.url),
            "DELETE" => agent.delete(&out.url),
            "OPTIONS" => agent.options(&out.url),
            "TRACE" => agent.trace(&out.url),
            _ => agent.get(&out.url),
        }
        .force_send_body();
        for (name, value) in &out.fields {
            request = request.header(name.as_str(), value.as_slice());
        }
        request.send(body)
    }
}

fn builder(out: &Outgoing) -> http::request::Builder {
    let mut request = http::Request::builder()
        .method(out.method.as_str())
        .uri(&out.url);
    for (name, value) in &out.fields {
        request = request.header(name.as_str(), value.as_slice());
    }
    request
}

/// Closes all idle connections.
pub(super) fn forget_idle() {
    super::lock(&IDLE).clear();
}

/// The system's certificates; Mozilla's if it has none.
fn roots() -> RootCerts {
    static ROOTS: LazyLock<RootCerts> = LazyLock::new(|| {
        let found = rustls_native_certs::load_native_certs().certs;
        if found.is_empty() {
            return RootCerts::WebPki;
        }
        RootCerts::from(
            found
                .into_iter()
                .map(|c| Certificate::from_der(&c).to_owned()),
        )
    });
    ROOTS.clone()
}

/// The proxy that the environment names for a host; never one for this machine itself.
pub(super) fn environment_proxy(scheme: &str, host: &str) -> Option<String> {
    let var = |name: &str| {
        let found = std::env::var(name.to_uppercase())
            .ok()
            .filter(|v| !v.is_empty());
        found.or_else(|| std::env::var(name).ok().filter(|v| !v.is_empty()))
    };
    if host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
    {
        return None;
    }
    let proxy = var(if scheme == "https" {
        "https_proxy"
    } else {
        "http_proxy"
    })?;
    if exempt(&var("no_proxy").unwrap_or_default(), host) {
        return None;
    }
    Some(if proxy.contains("://") {
        proxy
    } else {
        format!("http://{proxy}")
    })
}

/// Whether a NO_PROXY list has the host or a domain of it.
fn exempt(list: &str, host: &str) -> bool {
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            let entry = entry
                .rsplit_once(':')
                .filter(|(_, port)| port.parse::<u16>().is_ok())
                .map_or(entry, |(name, _)| name);
            let domain = entry.trim_start_matches('*').trim_start_matches('.');
            entry == "*"
                || host.eq_ignore_ascii_case(domain)
                || host.len() > domain.len()
                    && host
                        .to_ascii_lowercase()
                        .ends_with(&format!(".{}", domain.to_ascii_lowercase()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_lists() {
        assert!(exempt("a.com, example.com:80", "example.com"));
        assert!(exempt(".example.com", "www.Example.com"));
        assert!(exempt("*", "x"));
        assert!(!exempt("ample.com", "example.com"));
        assert!(!exempt("", "x"));
    }
}
