//! Values on their way into PostgreSQL and out of it, in its binary form.

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::super::Value;

type Fault = Box<dyn std::error::Error + Sync + Send>;

/// A parameter. Whatever type the server finds for it, a whole number, a text or bytes are sent as such.
#[derive(Debug)]
pub(super) struct Parameter<'a>(pub(super) Value<'a>);

impl ToSql for Parameter<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match self.0 {
            Value::Null => return Ok(IsNull::Yes),
            Value::Whole(own) => match *kind {
                Type::BOOL => out.put_u8((own != 0).into()),
                Type::INT2 => out.put_i16(own.try_into()?),
                Type::INT4 => out.put_i32(own.try_into()?),
                Type::INT8 => out.put_i64(own),
                _ => return Err(format!("a whole number where {kind} stands").into()),
            },
            Value::Text(own) => out.put_slice(own.as_bytes()),
            Value::Bytes(own) => out.put_slice(own),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A column of a row.
pub(super) struct Column<'a>(pub(super) Value<'a>);

impl<'a> FromSql<'a> for Column<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        Ok(Self(match *kind {
            Type::BOOL => Value::Whole(i64::from(raw != [0])),
            Type::INT2 => Value::Whole(i16::from_be_bytes(raw.try_into()?).into()),
            Type::INT4 => Value::Whole(i32::from_be_bytes(raw.try_into()?).into()),
            Type::INT8 => Value::Whole(i64::from_be_bytes(raw.try_into()?)),
            Type::BYTEA => Value::Bytes(raw),
            _ => Value::Text(std::str::from_utf8(raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Self(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        const READ: [Type; 9] = [
            Type::BOOL,
            Type::INT2,
            Type::INT4,
            Type::INT8,
            Type::BYTEA,
            Type::TEXT,
            Type::VARCHAR,
            Type::NAME,
            Type::JSON,
        ];
        READ.contains(kind)
    }
}
