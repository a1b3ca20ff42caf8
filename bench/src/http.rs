//! The little of HTTP/1.1 that a load driver needs: prebuilt requests, answers by their length.

/// One whole answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Its status.
    pub status: u16,
    /// Its head, without the empty line.
    pub head: &'a [u8],
    /// Its body.
    pub body: &'a [u8],
    /// Bytes on the wire.
    pub len: usize,
}

/// Reads the answer at the start of `bytes`; `None`: it is not whole yet.
///
/// # Errors
/// Something else than an HTTP/1.1 answer with a length.
pub fn answer(bytes: &[u8]) -> Result<Option<Answer<'_>>, String> {
    let Some(end) = find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let head = &bytes[..end];
    let digits = head.get(9..12).filter(|_| head.starts_with(b"HTTP/1.1 ")).and_then(number);
    let Some(status) = digits.and_then(|n| u16::try_from(n).ok()) else {
        return Err("not an HTTP/1.1 answer".into());
    };
    let length = match header(head, b"content-length") {
        Some(value) => number(value).ok_or("a length that is no number")?,
        None if matches!(status, 204 | 304) => 0,
        None => return Err(format!("an answer {status} without a length")),
    };
    let len = end + 4 + usize::try_from(length).map_err(|e| e.to_string())?;
    Ok((bytes.len() >= len).then(|| Answer { status, head, body: &bytes[end + 4..len], len }))
}

/// The value of a header; `name` in lower case.
pub fn header<'a>(head: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    head.split(|b| *b == b'\n').skip(1).find_map(|line| {
        let (start, rest) = line.split_at_checked(name.len())?;
        let value = rest.strip_prefix(b":").filter(|_| start.eq_ignore_ascii_case(name))?;
        Some(value.trim_ascii())
    })
}

fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Where `needle` begins.
pub fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle.first()?;
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|b| b == first) {
        if bytes[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// A request whose token and key are written in later.
#[derive(Debug, Clone)]
pub struct Template {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Template {
    /// A POST of JSON.
    pub fn post(path: &str, body: &str) -> Self {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n",
            body.len()
        );
        Self { head: head.into_bytes(), body: body.as_bytes().to_vec() }
    }

    /// A GET, as a browser sends it.
    pub fn get(path: &str, accept: &str) -> Self {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n\
             Accept-Encoding: gzip\r\n"
        );
        Self { head: head.into_bytes(), body: Vec::new() }
    }

    /// Writes the request. `token`: whose it is; `key`: its idempotency key; either may be empty.
    pub fn write(&self, token: &[u8], key: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&self.head);
        if !token.is_empty() {
            out.extend_from_slice(b"Authorization: Bearer ");
            out.extend_from_slice(token);
            out.extend_from_slice(b"\r\n");
        }
        if !key.is_empty() {
            out.extend_from_slice(b"Idempotency-Key: ");
            out.extend_from_slice(key);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
    }

    /// A digest of the body, for the log.
    pub fn body_digest(&self) -> u64 {
        self.body.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_once_it_is_whole() {
        let bytes = b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\nx: y\r\n\r\nhelloHTTP/1.1";
        for cut in 0..bytes.len() - 9 {
            assert_eq!(answer(&bytes[..cut]), Ok(None), "at {cut}");
        }
        let whole = answer(bytes).unwrap().unwrap();
        assert_eq!((whole.status, whole.body, whole.len), (201, &b"hello"[..], bytes.len() - 8));
        assert_eq!(header(whole.head, b"x"), Some(&b"y"[..]));
        assert_eq!(header(whole.head, b"content"), None);
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        assert!(answer(b"HTTP/1.0 200 OK\r\n\r\n").is_err());
        assert!(answer(b"HTTP/1.1 200 OK\r\n\r\n").is_err(), "no length");
        assert!(answer(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().is_some());
        assert!(answer(b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n").is_err());
    }

    #[test]
    fn a_template_is_filled_in() {
        let mut out = Vec::new();
        Template::post("/x", "{}").write(b"tok", b"key", &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("POST /x HTTP/1.1\r\n"), "{text}");
        assert!(text.contains("Content-Length: 2\r\nAuthorization: Bearer tok\r\n"), "{text}");
        assert!(text.ends_with("Idempotency-Key: key\r\n\r\n{}"), "{text}");
    }
}
