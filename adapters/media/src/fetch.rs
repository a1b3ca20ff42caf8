//! Fetching pictures from addresses that somebody else wrote.
//!
//! An address may lead to the inside of the network that the shop runs in. So a name is resolved here,
//! every address that it has is looked at, and the connection goes to one of those and nowhere else; a
//! redirect is another address, looked at in the same way.

use crate::reach::is_public;
use souk_catalog::limits::PICTURE_BYTES;
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::config::Config;
use ureq::http::{StatusCode, Uri, header};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long one picture may take, with every redirect.
const PATIENCE: Duration = Duration::from_secs(20);

/// Redirects that are followed.
const REDIRECTS: usize = 4;

/// Which addresses are fetched from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public ones.
    Public,
    /// Every one: for addresses that the shop's own people wrote.
    Everywhere,
}

/// Fetches pictures. Blocks: to be used beside the requests.
pub struct Fetcher {
    agent: Agent,
}

impl Fetcher {
    /// Within that reach.
    pub fn new(reach: Reach) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A proxy would resolve names by itself.
            .proxy(None)
            .user_agent("souk")
            .build();
        let resolver = Guarded { reach, inner: DefaultResolver::default() };
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), resolver) }
    }

    /// What the address answers, at most [`PICTURE_BYTES`]; else why not, in words.
    pub fn get(&self, address: &str) -> Result<Vec<u8>, String> {
        let until = Instant::now() + PATIENCE;
        let mut uri = checked(address)?;
        for _ in 0..=REDIRECTS {
            let left = until.saturating_duration_since(Instant::now());
            let request = self.agent.get(&uri).config().timeout_global(Some(left)).build();
            let mut answer = request.call().map_err(|error| told(&error))?;
            if answer.status().is_redirection() {
                let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
                uri = checked(&joined(&uri, to.ok_or("a redirect that leads nowhere")?))?;
                continue;
            }
            if answer.status() != StatusCode::OK {
                return Err(format!("the address answers {}", answer.status().as_u16()));
            }
            let limit = PICTURE_BYTES as u64 + 1;
            let body = answer.body_mut().with_config().limit(limit).read_to_vec();
            return match body {
                Err(ureq::Error::BodyExceedsLimit(_)) => {
                    Err(format!("is larger than {} MB", PICTURE_BYTES >> 20))
                }
                other => other.map_err(|error| told(&error)),
            };
        }
        Err("the address redirects too often".to_owned())
    }
}

fn told(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            error.to_string()
        }
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::Timeout(_) => "took too long".to_owned(),
        other => other.to_string(),
    }
}

/// An address of the web, without a password in it.
fn checked(address: &str) -> Result<Uri, String> {
    let wrong = || "is not an address of the web".to_owned();
    let uri: Uri = address.trim().parse().map_err(|_| wrong())?;
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    let plain = uri.authority().is_some_and(|host| !host.as_str().contains('@'));
    if web && plain { Ok(uri) } else { Err(wrong()) }
}

/// Where a redirect leads, seen from where it was given.
fn joined(from: &Uri, to: &str) -> String {
    if to.contains("://") {
        return to.to_owned();
    }
    let scheme = from.scheme_str().unwrap_or("https");
    if let Some(rest) = to.strip_prefix("//") {
        return format!("{scheme}://{rest}");
    }
    let host = from.authority().map_or("", |host| host.as_str());
    if to.starts_with('/') {
        return format!("{scheme}://{host}{to}");
    }
    let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{scheme}://{host}{folder}/{to}")
}

/// Resolves names, and refuses those that lead inside.
#[derive(Debug)]
struct Guarded {
    reach: Reach,
    inner: DefaultResolver,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        // One that leads inside is enough: the next look-up may choose it.
        if self.reach == Reach::Public && found.iter().any(|address| !is_public(address.ip())) {
            let what = "leads to an address that is not public";
            return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, what).into());
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// A server of one answer to each request, until it has given `count`.
    fn server(count: usize, answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for _ in 0..count {
                let (mut stream, _) = listener.accept().unwrap();
                let mut head = [0; 4_096];
                let read = stream.read(&mut head).unwrap();
                let line = String::from_utf8_lossy(&head[..read]);
                let path = line.split(' ').nth(1).unwrap_or("").to_owned();
                let _ = stream.write_all(&answer(&path));
            }
        });
        address
    }

    fn ok(body: &[u8]) -> Vec<u8> {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    }

    fn redirect(to: &str) -> Vec<u8> {
        format!(
            "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        .into_bytes()
    }

    #[test]
    fn an_address_inside_is_refused_before_a_byte_is_sent() {
        let fetcher = Fetcher::new(Reach::Public);
        for address in [
            "http://127.0.0.1:9/a.png",
            "http://localhost:9/",
            "http://[::1]:9/",
            "http://169.254.169.254/latest/",
            "http://0x7f.1:9/",
            "http://2130706433:9/",
        ] {
            let refused = fetcher.get(address).unwrap_err();
            assert!(
                refused.contains("not public") || refused.contains("no such host"),
                "{address}: {refused}"
            );
        }
        for address in [
            "ftp://a.example/",
            "file:///etc/passwd",
            "http://u:p@a.example/",
            "/etc/passwd",
            "javascript:1",
            "",
        ] {
            assert_eq!(
                fetcher.get(address),
                Err("is not an address of the web".to_owned()),
                "{address}"
            );
        }
    }

    #[test]
    fn redirects_are_followed_and_counted() {
        let address =
            server(2, |path| if path == "/a/b" { redirect("c?x=1") } else { ok(path.as_bytes()) });
        let fetcher = Fetcher::new(Reach::Everywhere);
        assert_eq!(fetcher.get(&format!("{address}/a/b")), Ok(b"/a/c?x=1".to_vec()));
        let round = server(REDIRECTS + 1, |_| redirect("/again"));
        assert_eq!(fetcher.get(&round), Err("the address redirects too often".to_owned()));
        let away = server(1, |_| redirect("file:///etc/passwd"));
        assert!(fetcher.get(&away).unwrap_err().contains("not an address"));
    }

    #[test]
    fn an_answer_without_an_end_is_cut_off() {
        let endless = server(1, |_| {
            let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
            answer.resize(PICTURE_BYTES + 100_000, b'x');
            answer
        });
        let fetcher = Fetcher::new(Reach::Everywhere);
        assert_eq!(fetcher.get(&endless), Err("is larger than 10 MB".to_owned()));
        let gone = server(1, |_| b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec());
        assert_eq!(fetcher.get(&gone), Err("the address answers 404".to_owned()));
    }

    #[test]
    fn a_redirect_is_seen_from_where_it_was_given() {
        let from: Uri = "https://a.example/x/y.png?z=1".parse().unwrap();
        for (to, whole) in [
            ("https://b.example/q", "https://b.example/q"),
            ("//b.example/q", "https://b.example/q"),
            ("/q", "https://a.example/q"),
            ("q", "https://a.example/x/q"),
        ] {
            assert_eq!(joined(&from, to), whole);
        }
    }
}
