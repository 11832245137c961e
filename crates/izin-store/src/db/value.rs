//! What goes into a database and comes out of it: four kinds of value, the same in every kind of database.

use crate::StoreError;

/// A value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Null,
    Whole(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl Bind for Value<'_> {
    fn value(&self) -> Value<'_> {
        *self
    }
}

/// What can be given to a statement.
pub(crate) trait Bind {
    fn value(&self) -> Value<'_>;
}

/// A value that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Own {
    Null,
    Whole(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Own {
    pub(crate) fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Whole(own) => Self::Whole(own),
            Value::Text(own) => Self::Text(own.to_owned()),
            Value::Bytes(own) => Self::Bytes(own.to_owned()),
        }
    }
}

impl Bind for Own {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Whole(own) => Value::Whole(*own),
            Self::Text(own) => Value::Text(own),
            Self::Bytes(own) => Value::Bytes(own),
        }
    }
}

/// The parameters of a statement, in order.
macro_rules! params {
    ($($own:expr),* $(,)?) => {
        &[$(&$own as &dyn $crate::db::Bind),*] as &[&dyn $crate::db::Bind]
    };
}
pub(crate) use params;

macro_rules! bind_whole {
    ($($own:ty),*) => {$(
        impl Bind for $own {
            fn value(&self) -> Value<'_> {
                Value::Whole(i64::from(*self))
            }
        }
    )*};
}
bind_whole!(i64, u32, u8, bool);

/// Numbers that count something here are far below what a column holds. One beyond that stands for
/// *without an end* and is bound as the largest.
impl Bind for u64 {
    fn value(&self) -> Value<'_> {
        Value::Whole(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl Bind for usize {
    fn value(&self) -> Value<'_> {
        Value::Whole(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl Bind for str {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Bind for String {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Bind for [u8] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl Bind for Vec<u8> {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl<const N: usize> Bind for [u8; N] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl<T: Bind + ?Sized> Bind for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: Bind> Bind for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Bind::value)
    }
}

/// What can be read from a column.
pub(crate) trait Read: Sized {
    /// `None` for a value of another kind.
    fn read(value: Value<'_>) -> Option<Self>;
}

macro_rules! read_whole {
    ($($own:ty),*) => {$(
        impl Read for $own {
            fn read(value: Value<'_>) -> Option<Self> {
                match value {
                    Value::Whole(own) => own.try_into().ok(),
                    _ => None,
                }
            }
        }
    )*};
}
read_whole!(i64, u64, u32, u8, usize);

impl Read for bool {
    fn read(value: Value<'_>) -> Option<Self> {
        i64::read(value).map(|own| own != 0)
    }
}

impl Read for String {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(own) => Some(own.to_owned()),
            _ => None,
        }
    }
}

impl Read for Vec<u8> {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bytes(own) => Some(own.to_owned()),
            _ => None,
        }
    }
}

impl<const N: usize> Read for [u8; N] {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bytes(own) => own.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            own => T::read(own).map(Some),
        }
    }
}

/// A row that a statement found.
pub(crate) enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The value of a column, counted from 0.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is of another kind.
    pub(crate) fn get<T: Read>(&self, column: usize) -> Result<T, StoreError> {
        T::read(self.value(column)?).ok_or_else(damaged)
    }

    /// The bytes of a column of bytes or text, as they lie there.
    pub(crate) fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.value(column)? {
            Value::Bytes(own) => Ok(own),
            Value::Text(own) => Ok(own.as_bytes()),
            _ => Err(damaged()),
        }
    }

    /// The text of a column, as it lies there; `None` where there is none.
    pub(crate) fn text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.value(column)? {
            Value::Text(own) => Ok(Some(own)),
            Value::Null => Ok(None),
            _ => Err(damaged()),
        }
    }

    /// The value of a column, whatever its kind.
    pub(crate) fn value(&self, column: usize) -> Result<Value<'_>, StoreError> {
        match self {
            Self::Sqlite(row) => super::sqlite::value(row, column),
            Self::Postgres(row) => super::postgres::value(row, column),
        }
    }
}

const fn damaged() -> StoreError {
    StoreError::Damaged {
        what: "row (a value of another kind)",
    }
}

/// What is asked, and with which values.
pub(crate) type Question = (&'static str, Vec<Own>);
