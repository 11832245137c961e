//! `/log/…`: the public files of the transparency log (C2SP tlog-tiles), for anybody who checks.
//!
//! Nothing beyond the newest signed checkpoint is shown: what is not signed yet is no promise.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use izin_app::App;
use izin_app::audit;
use izin_log::Checkpoint;
use izin_log::export::ExportFile;
use izin_log::tile::{Span, TILE_WIDTH};

use crate::problem::{Code, Document, Problem};

/// What is whole never changes; everything else is asked for anew.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ANEW: &str = "no-cache";
const TEXT: &str = "text/plain; charset=utf-8";

/// The key that verifies checkpoints.
#[utoipa::path(
    get, path = "/log/key", tag = "log",
    responses((status = 200, description = "A signed-note verifier key",
        body = String, content_type = "text/plain")),
)]
pub(crate) async fn key(State(app): State<Arc<App>>) -> String {
    format!("{}\n", app.signer().verifier())
}

/// The log's newest signed state; signed now when entries came since the last.
#[utoipa::path(
    get, path = "/log/checkpoint", tag = "log",
    responses((status = 200, description = "A signed note",
        body = String, content_type = "text/plain")),
)]
pub(crate) async fn checkpoint(State(app): State<Arc<App>>) -> Result<impl IntoResponse, Problem> {
    let note = audit::checkpoint(&app).await?;
    let headers = [(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, ANEW)];
    Ok((headers, note))
}

/// A tile of hashes, or with `entries/` a bundle of leaves.
#[utoipa::path(
    get, path = "/log/tile/{path}", tag = "log",
    params(("path" = String, Path, description = "As tlog-tiles spells it: `0/000.p/12`, `entries/000`")),
    responses(
        (status = 200, description = "The file", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = 404, description = "The log does not reach that far",
            body = Document, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn tile(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let nothing = || Problem::new(Code::NotFound, "the signed log has no such file");
    let file = ExportFile::parse(&format!("tile/{path}")).ok_or_else(nothing)?;
    let note = app.store.checkpoint().await?.unwrap_or_default();
    let signed = Checkpoint::open(&note, app.signer().verifier());
    let size = signed.map_or(0, |own| own.head().size);
    if !reaches(&file, size) {
        return Err(nothing());
    }
    let bytes = audit::log_file(&app, &file).await?;
    let caching = if is_whole(&file) { FOR_EVER } else { ANEW };
    let octets = "application/octet-stream";
    let headers = [
        (header::CONTENT_TYPE, octets),
        (header::CACHE_CONTROL, caching),
    ];
    Ok((headers, bytes))
}

/// Where a tile or bundle stands: its level and group.
const fn place(file: &ExportFile) -> Option<(u8, Span)> {
    match file {
        ExportFile::Bundle(span) => Some((0, *span)),
        ExportFile::Tile(id) => Some((id.level(), id.span())),
        ExportFile::Checkpoint | ExportFile::Key => None,
    }
}

/// Whether a log of `size` entries has the whole file. Older partial tiles are kept reachable: a
/// reader may hold an older checkpoint.
fn reaches(file: &ExportFile, size: u64) -> bool {
    place(file).is_some_and(|(level, span)| {
        let row = size >> (8 * u32::from(level));
        let end = span.start().checked_add(u64::from(span.width()));
        end.is_some_and(|end| end <= row)
    })
}

fn is_whole(file: &ExportFile) -> bool {
    place(file).is_some_and(|(_, span)| span.width() == TILE_WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reaches_to(path: &str, size: u64) -> bool {
        reaches(&ExportFile::parse(path).unwrap(), size)
    }

    #[test]
    fn a_file_beyond_the_signed_size_is_not_reached() {
        for (path, size) in [
            ("tile/0/000", 256),
            ("tile/0/000.p/7", 7),
            ("tile/0/001.p/1", 257),
            ("tile/1/000.p/1", 256),
            ("tile/1/000", 65_536),
            ("tile/entries/001", 512),
        ] {
            assert!(!reaches_to(path, size - 1), "{path} of {}", size - 1);
            assert!(reaches_to(path, size), "{path} of {size}");
            assert!(reaches_to(path, u64::MAX), "{path}");
        }
        assert!(!reaches(&ExportFile::Checkpoint, u64::MAX));
    }
}
