//! Canonical JSON (RFC 8785 for the values a leaf may hold): keys sorted, no spaces, whole numbers only.

use crate::leaf::LeafError;
use serde_json::Value;

/// Writes `value` in its one form. Numbers with a fraction are refused: they have many spellings.
pub(crate) fn write(value: &Value, out: &mut String) -> Result<(), LeafError> {
    match value {
        Value::Number(number) if number.is_f64() => return Err(LeafError::Fraction(number.to_string())),
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut members: Vec<_> = map.iter().collect();
            // RFC 8785, 3.2.3: by UTF-16 code units.
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (position, (key, member)) in members.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write(member, out)?;
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
    Ok(())
}
