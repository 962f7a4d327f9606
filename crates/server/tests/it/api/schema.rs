//! As much of JSON Schema as the description uses; a word that it does not know fails.

use serde_json::Value;
use std::sync::LazyLock;

pub(super) static OPENAPI: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../src/routes/api/openapi.json")).unwrap());

/// The path of the description that `path` is one of.
pub(super) fn described_path(path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap();
    let fits = |of: &str| {
        let (of, path): (Vec<&str>, Vec<&str>) = (of.split('/').collect(), path.split('/').collect());
        of.len() == path.len() && of.iter().zip(&path).all(|(of, is)| of.starts_with('{') || of == is)
    };
    OPENAPI["paths"].as_object().unwrap().keys().map(String::as_str).find(|of| fits(of))
}

/// The schema of an answer.
pub(super) fn answer(method: &str, path: &str, status: u16, media: &str) -> Option<Value> {
    let operation = &OPENAPI["paths"][described_path(path)?][method.to_lowercase()];
    operation["responses"].get(status.to_string())?["content"].get(media)?.get("schema").cloned()
}

/// Whether a value is as a schema has it.
pub(super) fn holds(schema: &Value, value: &Value) -> Result<(), String> {
    let schema = schema.as_object().ok_or("a schema is an object")?;
    for (word, said) in schema {
        match word.as_str() {
            "$ref" => {
                let name = said.as_str().unwrap().strip_prefix("#/components/schemas/").unwrap();
                let at = OPENAPI["components"]["schemas"].get(name).ok_or(format!("no schema {name}"))?;
                holds(at, value).map_err(|why| format!("{name}: {why}"))?;
            }
            "type" => {
                let types: Vec<&str> = match said {
                    Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                if !types.iter().any(|wanted| is(wanted, value)) {
                    return Err(format!("{value} is no {types:?}"));
                }
            }
            "enum" => {
                if !said.as_array().unwrap().contains(value) {
                    return Err(format!("{value} is none of {said}"));
                }
            }
            "oneOf" => {
                let fits = said.as_array().unwrap().iter().filter(|one| holds(one, value).is_ok()).count();
                if fits != 1 {
                    return Err(format!("{value} is {fits} of {}", said.as_array().unwrap().len()));
                }
            }
            "items" => {
                for one in value.as_array().into_iter().flatten() {
                    holds(said, one)?;
                }
            }
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    match said.get(name) {
                        Some(schema) => holds(schema, member).map_err(|why| format!("{name}: {why}"))?,
                        None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                            return Err(format!("`{name}` is not described"));
                        }
                        None => {}
                    }
                }
            }
            "required" => {
                let Some(members) = value.as_object() else { continue };
                let missing = said
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|name| !members.contains_key(name.as_str().unwrap()));
                if let Some(missing) = missing {
                    return Err(format!("{missing} is missing"));
                }
            }
            "minimum" => {
                if value.as_i64().is_some_and(|number| number < said.as_i64().unwrap()) {
                    return Err(format!("{value} is under {said}"));
                }
            }
            "format" => text_is(said.as_str().unwrap(), value)?,
            "description" | "additionalProperties" | "minLength" | "maxLength" => {}
            other => return Err(format!("the schema says `{other}`, which this test does not know")),
        }
    }
    Ok(())
}

fn is(wanted: &str, value: &Value) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    }
}

fn text_is(format: &str, value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str() else { return Ok(()) };
    let fits = match format {
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        "uuid" => text.parse::<hustings_domain::ids::UserId>().is_ok(),
        other => panic!("format {other}"),
    };
    if fits { Ok(()) } else { Err(format!("`{text}` is no {format}")) }
}
