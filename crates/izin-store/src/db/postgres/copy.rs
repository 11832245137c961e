//! Rows by the thousand: what a whole table takes in, in PostgreSQL's own form.

use std::pin::pin;

use bytes::Bytes;
use tokio_postgres::CopyInSink;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

use super::value::Parameter;
use super::wait::wait;
use super::{Postgres, unanswered};
use crate::StoreError;
use crate::db::{Keep, Value};

impl Postgres {
    /// Takes rows into a table, in the open transaction.
    pub(in crate::db) fn fill(
        &self,
        (table, columns): (&str, &[String]),
        rows: &mut dyn FnMut(Keep<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let columns = columns.join(", ");
        self.live(|live| {
            let shape = format!("select {columns} from {table} limit 0");
            let shape = wait(live.client.prepare(&shape), live.patience);
            let shape = shape.ok_or_else(unanswered)??;
            let types: Vec<Type> = shape
                .columns()
                .iter()
                .map(|own| own.type_().clone())
                .collect();
            let copy = format!("copy {table} ({columns}) from stdin binary");
            let sink = wait(live.client.copy_in(&copy), live.patience);
            let sink: CopyInSink<Bytes> = sink.ok_or_else(unanswered)??;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
            rows(&mut |values: &[Value<'_>]| {
                let values = values.iter().map(|own| Parameter(*own));
                let written = writer.as_mut().write_raw(values.collect::<Vec<_>>());
                wait(written, live.patience).ok_or_else(unanswered)??;
                Ok(())
            })?;
            wait(writer.as_mut().finish(), live.patience).ok_or_else(unanswered)??;
            Ok(())
        })
    }
}
