//! A mail as it travels, and who it is from.

use super::Unsubscribe;
use std::net::IpAddr;

/// Who writes the mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// The shop's name.
    pub name: String,
    /// Where its pages are, without a slash at the end: `https://shop.example`.
    pub base_url: String,
    /// Whom mails come from, and where answers go.
    pub email: String,
}

impl Shop {
    /// A shop whose mails come from `shop@` its own domain.
    #[must_use]
    pub fn new(name: String, base_url: String) -> Self {
        let email = format!("shop@{}", domain(&base_url));
        Self { name, base_url, email }
    }

    /// Where a mail's like is declined.
    #[must_use]
    pub fn unsubscribe_url(&self, link: &Unsubscribe) -> String {
        self.url(&format!("/unsubscribe/{}", link.token()))
    }

    /// A page by its path, which begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The domain of its pages; `localhost` where they have none.
    #[must_use]
    pub fn domain(&self) -> &str {
        domain(&self.base_url)
    }
}

fn domain(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    // Behind a colon is the port; an IPv6 address has more of them, and is no domain.
    let host = host.split(':').next().unwrap_or_default();
    let is_name = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if host.is_empty() || !is_name || host.parse::<IpAddr>().is_ok() { "localhost" } else { host }
}

/// A header of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name: `Subject`.
    pub name: &'static str,
    /// Its value as it reads, before it is encoded; always one line.
    pub value: String,
}

/// A mail as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its headers but those of its parts, in their order.
    pub headers: Vec<Header>,
    /// All of it: headers, text and HTML. ASCII; what isn't is encoded.
    pub whole: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_come_from_the_domain_of_the_pages() {
        for (base_url, email) in [
            ("https://shop.example", "shop@shop.example"),
            ("https://shop.example:8443/market", "shop@shop.example"),
            ("http://127.0.0.1:8080", "shop@localhost"),
            ("http://[::1]:8080", "shop@localhost"),
            ("http://localhost:8080", "shop@localhost"),
            ("https://a\r\nBcc: b@c.example", "shop@localhost"),
            ("", "shop@localhost"),
        ] {
            let shop = Shop::new("Souk".into(), base_url.into());
            assert_eq!(shop.email, email, "{base_url}");
        }
    }
}
