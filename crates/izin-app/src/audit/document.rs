//! JSON that says everything once: what is to prove something must read the same for every reader.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A document in which no object names a field twice, in whatever depth.
#[derive(Debug, Clone, PartialEq)]
pub struct Document(pub Value);

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Once).map(Self)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, own: bool) -> Result<Value, E> {
        Ok(own.into())
    }

    fn visit_i64<E: Error>(self, own: i64) -> Result<Value, E> {
        Ok(own.into())
    }

    fn visit_u64<E: Error>(self, own: u64) -> Result<Value, E> {
        Ok(own.into())
    }

    fn visit_f64<E: Error>(self, own: f64) -> Result<Value, E> {
        Ok(own.into())
    }

    fn visit_str<E: Error>(self, own: &str) -> Result<Value, E> {
        Ok(own.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Document(own)) = from.next_element()? {
            all.push(own);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some((name, Document(own))) = from.next_entry::<String, Document>()? {
            if all.insert(name, own).is_some() {
                return Err(A::Error::custom("a field is given twice"));
            }
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_given_twice_is_refused_in_whatever_depth() {
        for text in [
            r#"{"a": 1, "a": 1}"#,
            r#"{"b": {"a": 1, "a": 2}}"#,
            r#"[{"a": null, "\u0061": null}]"#,
        ] {
            let why = serde_json::from_str::<Document>(text).unwrap_err();
            assert!(why.to_string().contains("twice"), "{why}");
        }
    }

    #[test]
    fn everything_else_is_read_as_it_is() {
        let text = r#"{"a":[1,-2,0.5,null,true,"x"],"b":{"a":{}}}"#;
        let Document(own) = serde_json::from_str(text).unwrap();
        assert_eq!(own, serde_json::from_str::<Value>(text).unwrap());
    }
}
