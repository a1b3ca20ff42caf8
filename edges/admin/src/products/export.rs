//! `POST /admin/products/export`: the catalogue as a file that other shops, and this one, can import. It is
//! sent while it is read, so its length costs no memory; that it was asked for stands in the audit.

use crate::form::Form;
use crate::guard::Me;
use crate::state::App;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use souk_catalog::Shelf;
use souk_catalog::export::{ExportFormat, Exporter};
use souk_kernel::{PortError, ProductId};
use souk_staff::{Act, Change, Permission};
use souk_webkit::Problem;

/// Products that are read at a time.
const PAGE: usize = 200;

/// How far the file is.
enum Stage {
    Heading,
    After(Option<ProductId>),
    Done,
}

/// Products after `after`, written; and where the next ones begin. Also what is not on sale, and what sellers
/// offer who are suspended: who imports the file again finds everything as it was.
async fn piece(
    app: &App,
    exporter: &Exporter,
    after: Option<ProductId>,
) -> Result<(Vec<u8>, Option<ProductId>), PortError> {
    let page = app.catalog.stored_page(&Shelf::All, after, PAGE).await?;
    let pieces = souk_inventory::available(&*app.saga.parts().stock, &page.offers()).await?;
    let mut bytes = Vec::new();
    for listing in &page.listings {
        bytes.extend(exporter.listing(listing, &pieces));
    }
    Ok((bytes, page.next))
}

async fn step(
    (app, exporter, stage): (App, Exporter, Stage),
) -> Result<Option<(Bytes, (App, Exporter, Stage))>, PortError> {
    let (bytes, stage) = match stage {
        Stage::Heading => (exporter.heading(), Stage::After(None)),
        Stage::After(after) => {
            let (mut bytes, next) = piece(&app, &exporter, after).await?;
            if next.is_none() {
                bytes.extend(exporter.end());
            }
            (bytes, next.map_or(Stage::Done, |last| Stage::After(Some(last))))
        }
        Stage::Done => return Ok(None),
    };
    Ok(Some((Bytes::from(bytes), (app, exporter, stage))))
}

pub(crate) async fn export(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let wrong = |_| Problem::invalid("format_invalid", "format: is neither shopify nor google.");
    let format: ExportFormat = fields.get("format").parse().map_err(wrong)?;
    let count = app.catalog.count().await?;
    let detail = format!("{count} products as {}", format.file_name());
    let act = Act { name: "products.export", subject: String::from("products"), detail };
    app.staff.change(&me.member, Permission::ChangeProducts, Change::Note, act).await?;
    let (shop, base_url) = (app.shop.name.clone(), app.shop.base_url.clone());
    let exporter = Exporter { format, shop, base_url };
    let named = format!("attachment; filename=\"{}\"", format.file_name());
    let named = HeaderValue::try_from(named).map_err(|_| Problem::internal("not a file's name"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.content_type())),
        (header::CONTENT_DISPOSITION, named),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    // A store that fails in the middle breaks the download off: half a file is never taken for one.
    let body = Body::from_stream(stream::try_unfold((app, exporter, Stage::Heading), step));
    Ok((headers, body).into_response())
}
