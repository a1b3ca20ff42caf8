//! One request over a connection of its own.

use serde_json::Value;
use std::io::{Error, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub fn text(&self, field: &str) -> String {
        let json = self.json();
        let found = json[field].as_str();
        found.unwrap_or_else(|| panic!("no text `{field}` in {self:?}")).to_owned()
    }

    /// A problem's code; empty for what is none.
    pub fn code(&self) -> String {
        let json: Option<Value> = serde_json::from_str(&self.body).ok();
        json.and_then(|j| Some(j.get("code")?.as_str()?.to_owned())).unwrap_or_default()
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

/// Asks and waits; an error is an answer that never came.
pub fn call(
    port: u16,
    what: (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(super::LONG))?;
    stream.set_nodelay(true)?;
    let (method, path) = what;
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n");
    text.push_str("connection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(text.as_bytes())?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    let cut = || Error::other("the answer was cut off");
    let all = String::from_utf8_lossy(&all);
    let (head, body) = all.split_once("\r\n\r\n").ok_or_else(cut)?;
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(cut)?;
    let answer = Answer { status, head: head.to_owned(), body: body.to_owned() };
    let length = answer.header("content-length").and_then(|l| l.parse().ok());
    if length.is_some_and(|length: usize| length != answer.body.len()) {
        return Err(cut());
    }
    Ok(answer)
}
