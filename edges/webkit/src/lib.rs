//! What the doors share: extractors, forms, sessions, pages and their files, the problem table.
//!
//! This room promises:
//! - A refusal looks the same at every door: [`Problem`], by one table from [`souk_kernel::FaultKind`].
//! - A failure is logged once, by [`Door`], with its method, path, status and code; the engine's own
//!   words go there and never to a client.
//! - No body is read beyond [`BODY_LIMIT`].
//! - A session is opened by the bearer's header or by one cookie whose name fits the transport.
//! - Whoever asks too often is told to wait ([`Limits`]); every request is counted ([`Requests`]).
//! - Text leaves compressed for whoever takes it so ([`squeeze()`]).
//! - Another site's page can't change anything here with a visitor's cookie.
//!
//! What a door's state must offer is asked for by `FromRef`: [`Caller`] and [`MaybeCaller`] need an
//! `Arc<Sessions>`; everything else needs nothing.

mod assets;
mod body;
mod door;
mod etag;
mod form;
mod gate;
mod hashing;
mod html;
mod key;
mod limits;
mod money;
mod pages;
mod paging;
mod problem;
mod ready;
mod session;
mod squeeze;

pub use assets::{Asset, FOR_EVER, PANEL, TOKENS, asset_named, fingerprint, icon, picture};
pub use body::{BODY_LIMIT, Json, Signed};
pub use door::{Door, cross_site};
pub use etag::{IfMatch, etag};
pub use form::{Fields, Form, Query, href, onward, within};
pub use gate::{Gate, Requests};
pub use hashing::Offloaded;
pub use html::{NO_STORE, Told, dressed, html, is_problem, no_page, see_other, told, wrong_method};
pub use key::IdempotencyKey;
pub use limits::{Limits, LimitsOn};
pub use money::MoneyView;
pub use pages::{BadOrigin, Origins, page_headers};
pub use paging::{Cursor, Page, PageQuery};
pub use problem::{FieldFaultView, Problem, ProblemBody};
pub use ready::Readiness;
pub use session::{Caller, Cookies, MaybeCaller, Sessions, device_of};
pub use squeeze::{gzip, squeeze, takes_gzip};
