//! Files that never change under their name, compressed once, when they are first asked for.

use crate::{Problem, gzip, takes_gzip};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// For files whose address names their content.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Colours, spaces and faces: what every door's style sheet begins with.
pub const TOKENS: &str = include_str!("../assets/tokens.css");
/// The layer that the panels of staff and sellers share; it follows [`TOKENS`].
pub const PANEL: &str = include_str!("../assets/panel.css");

/// For files that keep their address when they change.
const A_DAY: &str = "public, max-age=86400";
/// For what follows what it shows.
const A_MINUTE: &str = "public, max-age=60";

/// FNV-1a (Fowler, Noll, Vo): a name for a content, not a secret.
#[must_use]
pub const fn fingerprint(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01B3);
        at += 1;
    }
    hash
}

/// A file as it leaves.
pub struct Asset {
    /// Its address, which names its content.
    pub path: String,
    kind: &'static str,
    text: String,
    zipped: Vec<u8>,
}

impl Asset {
    /// A style sheet in this folder: its layers as one, in this order.
    #[must_use]
    pub fn css(folder: &str, name: &str, layers: &[&str]) -> Self {
        Self::new(format!("{folder}/{name}"), "css", "text/css; charset=utf-8", layers.concat())
    }

    /// A script in this folder.
    #[must_use]
    pub fn js(folder: &str, name: &str, text: &str) -> Self {
        Self::new(format!("{folder}/{name}"), "js", "text/javascript; charset=utf-8", text.into())
    }

    fn new(stem: String, ending: &str, kind: &'static str, text: String) -> Self {
        let path = format!("{stem}.{:016x}.{ending}", fingerprint(&text));
        let zipped = gzip(text.as_bytes(), 9);
        Self { path, kind, text, zipped }
    }

    fn respond(&'static self, headers: &HeaderMap) -> Response {
        let head = typed(self.kind, FOR_EVER);
        let vary = [(header::VARY, HeaderValue::from_static("accept-encoding"))];
        if takes_gzip(headers) {
            let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
            return (head, vary, encoding, self.zipped.as_slice()).into_response();
        }
        (head, vary, self.text.as_str()).into_response()
    }
}

/// Whichever of `assets` that file of their folder is.
///
/// # Errors
/// None of them: 404.
pub fn asset_named(
    assets: &[&'static Asset],
    file: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let named = |asset: &&&'static Asset| asset.path.rsplit('/').next() == Some(file);
    let found = assets.iter().find(named);
    let found = found.ok_or_else(|| Problem::not_found("there is no such file"))?;
    Ok(found.respond(headers))
}

/// A door's icon, which keeps its address.
#[must_use]
pub fn icon(svg: &'static str) -> Response {
    (typed("image/svg+xml", A_DAY), svg).into_response()
}

/// A picture drawn here, under an address that keeps it when what it shows changes.
#[must_use]
pub fn picture(svg: String) -> Response {
    (typed("image/svg+xml", A_MINUTE), svg).into_response()
}

fn typed(kind: &'static str, cache: &'static str) -> [(HeaderName, HeaderValue); 2] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static STYLE: LazyLock<Asset> =
        LazyLock::new(|| Asset::css("/x/assets", "app", &["a {}", "b {}"]));

    #[test]
    fn an_address_names_its_content_and_answers_to_nothing_else() {
        let file = STYLE.path.strip_prefix("/x/assets/").unwrap();
        assert!(file.starts_with("app.") && file.ends_with(".css"), "{file}");
        let mut headers = HeaderMap::new();
        let plain = asset_named(&[&STYLE], file, &headers).unwrap();
        assert_eq!(plain.headers()[header::CACHE_CONTROL], FOR_EVER);
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let zipped = asset_named(&[&STYLE], file, &headers).unwrap();
        assert_eq!(zipped.headers()[header::CONTENT_ENCODING], "gzip");
        for other in ["app.css", "", "app.0000000000000000.css"] {
            assert_eq!(asset_named(&[&STYLE], other, &headers).unwrap_err().status(), 404);
        }
        assert_ne!(fingerprint("a"), fingerprint("b"));
    }
}
