//! Security headers of pages: no inline script or style, no frame around us, and just the other
//! origins that the configured gateway declares.

use crate::Cookies;
use axum::http::{HeaderName, HeaderValue, header};
use thiserror::Error;

/// Origins beside our own that pages may use. Each is `scheme://host[:port]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// Whose pages may stand in a frame of ours: a card sheet, a 3-D Secure challenge.
    pub frame: Vec<String>,
    /// Where our forms may lead, redirects after a post included.
    pub form_action: Vec<String>,
    /// Whose scripts may run: a gateway's card fields.
    pub script: Vec<String>,
    /// Where scripts may connect.
    pub connect: Vec<String>,
    /// Whose images may be shown: a media host.
    pub image: Vec<String>,
}

/// Not an origin: nothing of it may reach a header.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not an origin (scheme://host[:port]): {0:?}")]
pub struct BadOrigin(pub String);

impl Origins {
    /// The `Content-Security-Policy`.
    ///
    /// # Errors
    /// An origin that is none.
    pub fn csp(&self) -> Result<String, BadOrigin> {
        Ok([
            String::from("default-src 'none'"),
            source("script-src 'self'", &self.script)?,
            String::from("style-src 'self'"),
            source("img-src 'self' data:", &self.image)?,
            String::from("font-src 'self'"),
            String::from("manifest-src 'self'"),
            source("connect-src 'self'", &self.connect)?,
            source("form-action 'self'", &self.form_action)?,
            source("frame-src 'self'", &self.frame)?,
            String::from("frame-ancestors 'none'"),
            String::from("base-uri 'none'"),
        ]
        .join("; "))
    }
}

fn source(directive: &str, origins: &[String]) -> Result<String, BadOrigin> {
    let mut line = directive.to_owned();
    for origin in origins {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if !host.is_some_and(|host| !host.is_empty() && host.bytes().all(fits)) {
            return Err(BadOrigin(origin.clone()));
        }
        line.push(' ');
        line.push_str(origin);
    }
    Ok(line)
}

/// The headers of every page, for [`crate::Door::new`].
///
/// # Errors
/// An origin that is none.
pub fn page_headers(
    origins: &Origins,
    cookies: Cookies,
) -> Result<Vec<(HeaderName, HeaderValue)>, BadOrigin> {
    let csp = origins.csp()?;
    let csp = HeaderValue::try_from(&csp).map_err(|_| BadOrigin(csp))?;
    let fixed = HeaderValue::from_static;
    let permissions = "camera=(), geolocation=(), microphone=()";
    let mut headers = vec![
        (header::CONTENT_SECURITY_POLICY, csp),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (header::X_FRAME_OPTIONS, fixed("DENY")),
        (header::REFERRER_POLICY, fixed("same-origin")),
        (HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin")),
        (HeaderName::from_static("permissions-policy"), fixed(permissions)),
    ];
    if cookies == Cookies::Tls {
        headers.push((header::STRICT_TRANSPORT_SECURITY, fixed("max-age=31536000")));
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_and_only_declared_origins() {
        let gateway = String::from("http://localhost:8081");
        let origins = Origins {
            frame: vec![gateway.clone()],
            form_action: vec![gateway],
            ..Origins::default()
        };
        let csp = origins.csp().unwrap();
        assert!(!csp.contains("unsafe") && !csp.contains("nonce"));
        assert!(csp.contains("; form-action 'self' http://localhost:8081;"), "{csp}");
        assert!(csp.contains("; frame-src 'self' http://localhost:8081;"), "{csp}");
        assert!(csp.contains("; script-src 'self';"), "{csp}");
        let headers = page_headers(&origins, Cookies::Tls).unwrap();
        assert!(headers.iter().any(|(name, _)| name == header::STRICT_TRANSPORT_SECURITY));
        let headers = page_headers(&origins, Cookies::Loopback).unwrap();
        assert!(!headers.iter().any(|(name, _)| name == header::STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn an_origin_smuggles_no_directive() {
        for bad in ["", "localhost", "https://", "https://a; script-src *", "https://a b", "*"] {
            let origins = Origins { frame: vec![bad.into()], ..Origins::default() };
            assert_eq!(origins.csp(), Err(BadOrigin(bad.into())));
        }
    }
}
