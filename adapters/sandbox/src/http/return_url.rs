//! Where a shopper may be sent back to: loopback origins, and those that the settings allow.

use crate::error::GatewayError;
use crate::fact::plain;
use crate::rules::LONGEST_URL;

/// The origin of an `http` or `https` address: scheme, host and port as written.
/// `None` for anything unusual: user names, other schemes, characters that browsers read differently.
pub fn origin_of(url: &str) -> Option<&str> {
    let after = if let Some(rest) = url.strip_prefix("http://") {
        rest
    } else {
        url.strip_prefix("https://")?
    };
    let authority = after.split(['/', '?', '#']).next()?;
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let named =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':');
    let port_fits = match port.strip_prefix(':') {
        Some(digits) => digits.parse::<u16>().is_ok() && !digits.starts_with('+'),
        None => port.is_empty(),
    };
    if host.is_empty() || !host.bytes().all(named) || !port_fits {
        return None;
    }
    url.get(..url.len() - after.len() + authority.len())
}

fn loopback(origin: &str) -> bool {
    let Some((_, authority)) = origin.split_once("://") else { return false };
    if let Some(v6) = authority.strip_prefix('[') {
        return v6.split(']').next() == Some("::1");
    }
    let host = authority.split(':').next().unwrap_or_default();
    let address = host.parse::<std::net::Ipv4Addr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether a shopper may be sent there. `allowed`: origins besides loopback.
///
/// # Errors
/// Not an absolute `http` or `https` address on such an origin, too long, or with a fragment.
pub fn check(url: &str, allowed: &[String]) -> Result<(), GatewayError> {
    let invalid = |message: &str| Err(GatewayError::Invalid(format!("return_url {message}")));
    if url.len() > LONGEST_URL || !plain(url) || url.contains([' ', '#', '<', '>']) {
        return invalid("must be an absolute address of at most 2048 plain characters");
    }
    match origin_of(url) {
        None => invalid("must be an absolute http or https address"),
        Some(origin) if loopback(origin) || allowed.iter().any(|known| known == origin) => Ok(()),
        Some(_) => invalid("must be on a loopback origin or one that the gateway's settings allow"),
    }
}

/// The address with one more query parameter; `value` must need no escaping, see [`escape`].
pub fn with_query(url: &str, name: &str, value: &str) -> String {
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}{name}={value}")
}

/// Escapes a text for a query.
pub fn escape(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(b));
        } else {
            // Writing to a string can't fail.
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_allowed_origins_pass() {
        let allowed = [String::from("https://shop.example")];
        for good in [
            "http://localhost:8080/pay?checkout=1",
            "http://127.0.0.1:8080",
            "http://127.8.9.1/x",
            "http://[::1]:8080/x",
            "https://shop.example/back",
        ] {
            assert_eq!(check(good, &allowed), Ok(()), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let allowed = [String::from("https://shop.example")];
        for bad in [
            "",
            "/pay",
            "//localhost/x",
            "javascript:alert(1)",
            "ftp://localhost/x",
            "http://evil.example/x",
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://localhost@evil.example/",
            "http://localhost:80@evil.example/",
            "http://evil.example\\@localhost/",
            "http://LOCALHOST/",
            "http://localhost:99999/",
            "http://localhost:+80/",
            "http://[::2]/",
            "http://[::1].evil.example/",
            "http://shop.example/",
            "https://shop.example:444/",
            "https://shop.example.evil/",
            "http://localhost/a#b",
            "http://localhost/a b",
            "http://localhost/\r\nSet-Cookie:x",
        ] {
            assert!(check(bad, &allowed).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_parameter_is_added_to_any_query() {
        assert_eq!(with_query("http://localhost/a", "t", "1"), "http://localhost/a?t=1");
        assert_eq!(with_query("http://localhost/a?b=2", "t", "1"), "http://localhost/a?b=2&t=1");
        assert_eq!(escape("order 1/ü"), "order%201%2F%C3%BC");
    }
}
