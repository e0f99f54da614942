//! Failures in Go's words.

use super::agent::Line;
use std::io;
use ureq::{Error, Timeout};

/// How an operation on an exchange ended; `http/transport.gol` has the same list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outcome {
    Ok,
    Error,
    Eof,
    UnexpectedEof,
    Timeout,
}

/// Why an operation failed.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) outcome: Outcome,
    pub(super) text: String,
}

impl Fault {
    pub(super) fn none() -> Fault {
        Fault {
            outcome: Outcome::Ok,
            text: String::new(),
        }
    }

    /// The exchange is over.
    pub(super) fn closed() -> Fault {
        Fault::error("net/http: request canceled")
    }

    fn error(text: impl Into<String>) -> Fault {
        Fault {
            outcome: Outcome::Error,
            text: text.into(),
        }
    }

    fn timeout(text: impl Into<String>) -> Fault {
        Fault {
            outcome: Outcome::Timeout,
            text: text.into(),
        }
    }

    /// Of sending a request to `url` and waiting for the header of the response.
    pub(super) fn of_start(e: &Error, url: &str, line: &Line) -> Fault {
        let host = host_of(url);
        let to = line.address().map_or_else(String::new, |a| format!(" {a}"));
        match e {
            Error::HostNotFound => Fault::error(format!("dial tcp: lookup {host}: no such host")),
            Error::Timeout(Timeout::Resolve) => {
                Fault::timeout(format!("dial tcp: lookup {host}: i/o timeout"))
            }
            Error::Timeout(Timeout::Connect) => {
                Fault::timeout(format!("dial tcp{to}: i/o timeout"))
            }
            Error::Timeout(Timeout::RecvResponse) => {
                Fault::timeout("net/http: timeout awaiting response headers")
            }
            Error::Timeout(_) => Fault::timeout("i/o timeout"),
            Error::Io(io) => of_io(io, host, &to),
            Error::Rustls(tls) => of_tls(tls, host),
            Error::BadUri(_) => Fault::error("http: no Host in request URL"),
            Error::Protocol(p) => Fault::error(format!(
                "net/http: HTTP/1.x transport connection broken: malformed HTTP response: {p}"
            )),
            Error::ConnectProxyFailed(why) => Fault::error(why.clone()),
            other => Fault::error(other.to_string()),
        }
    }

    /// Of reading the body of a response.
    pub(super) fn of_body(e: &io::Error) -> Fault {
        match e.kind() {
            io::ErrorKind::UnexpectedEof => Fault {
                outcome: Outcome::UnexpectedEof,
                text: "unexpected EOF".into(),
            },
            io::ErrorKind::TimedOut => Fault::timeout("i/o timeout"),
            io::ErrorKind::ConnectionReset => {
                Fault::error("read tcp: read: connection reset by peer")
            }
            _ => Fault::error(os_text(e)),
        }
    }
}

fn of_io(e: &io::Error, host: &str, to: &str) -> Fault {
    use io::ErrorKind as Kind;
    if let Some(tls) = e
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
    {
        return of_tls(tls, host);
    }
    match e.kind() {
        Kind::ConnectionRefused
        | Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::AddrNotAvailable => Fault::error(format!("dial tcp{to}: connect: {}", os_text(e))),
        Kind::UnexpectedEof | Kind::ConnectionAborted => Fault::error("EOF"),
        Kind::ConnectionReset => {
            Fault::error(format!("read tcp{to}: read: connection reset by peer"))
        }
        Kind::BrokenPipe => Fault::error(format!("write tcp{to}: write: broken pipe")),
        Kind::NotConnected => Fault::closed(),
        Kind::TimedOut => Fault::timeout(format!("dial tcp{to}: i/o timeout")),
        // What the resolver of the system says has no kind of its own.
        _ if e.raw_os_error().is_none()
            && e.to_string().starts_with("failed to lookup address") =>
        {
            Fault::error(format!(
                "dial tcp: lookup {host}: {}",
                lookup_text(&e.to_string())
            ))
        }
        _ => Fault::error(os_text(e)),
    }
}

/// An operating system error in Go's words: without the number, in lower case.
fn os_text(e: &io::Error) -> String {
    let text = e.to_string();
    match e.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".into(),
        io::ErrorKind::HostUnreachable => "no route to host".into(),
        io::ErrorKind::NetworkUnreachable => "network is unreachable".into(),
        io::ErrorKind::AddrNotAvailable => "cannot assign requested address".into(),
        _ => match text.split_once(" (os error") {
            Some((words, _)) => words.to_lowercase(),
            None => text,
        },
    }
}

fn lookup_text(text: &str) -> &'static str {
    if text.contains("Temporary failure") {
        "Temporary failure in name resolution"
    } else {
        "no such host"
    }
}

fn of_tls(e: &rustls::Error, host: &str) -> Fault {
    use rustls::{CertificateError as Bad, Error as Tls};
    let verify =
        |why: String| Fault::error(format!("tls: failed to verify certificate: x509: {why}"));
    match e {
        Tls::InvalidCertificate(bad) => match bad {
            Bad::UnknownIssuer => verify("certificate signed by unknown authority".into()),
            Bad::Expired
            | Bad::ExpiredContext { .. }
            | Bad::NotValidYet
            | Bad::NotValidYetContext { .. } => {
                verify("certificate has expired or is not yet valid".into())
            }
            Bad::NotValidForName => verify(format!("certificate is not valid for {host}")),
            Bad::NotValidForNameContext { presented, .. } => verify(format!(
                "certificate is valid for {}, not {host}",
                presented_names(presented)
            )),
            other => verify(other.to_string()),
        },
        Tls::InvalidMessage(_) => Fault::error("http: server gave HTTP response to HTTPS client"),
        Tls::AlertReceived(alert) => Fault::error(format!(
            "remote error: tls: {}",
            spaced(&format!("{alert:?}"))
        )),
        other => Fault::error(format!("tls: {other}")),
    }
}

/// The names in a certificate as rustls lists them, `DnsName("a.org")`, joined as Go does.
fn presented_names(presented: &[String]) -> String {
    let names: Vec<&str> = presented
        .iter()
        .map(|n| n.split('"').nth(1).unwrap_or(n))
        .collect();
    names.join(", ")
}

/// `HandshakeFailure` as "handshake failure".
fn spaced(camel: &str) -> String {
    let mut words = String::new();
    for (i, c) in camel.chars().enumerate() {
        if c.is_uppercase() && i > 0 {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if let Some(end) = authority.find(']') {
        return authority[..end].trim_start_matches('[');
    }
    authority.split(':').next().unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_urls() {
        assert_eq!(host_of("http://a.org:80/x?y"), "a.org");
        assert_eq!(host_of("https://[::1]:8080"), "::1");
        assert_eq!(spaced("HandshakeFailure"), "handshake failure");
    }
}
