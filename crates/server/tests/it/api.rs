//! The borrowers' API: what it says of itself, who gets what, and a borrower's whole way over it.

mod batches;
mod described;
mod documented;
mod schema;
mod tokens;
mod whole;

use super::world::{Got, World};
use serde_json::Value;

/// What came back, held against the description.
pub(super) async fn call(
    world: &World,
    token: &str,
    (method, path): (&str, &str),
    body: Option<Value>,
) -> (u16, Value) {
    let got = world.call(token, method, path, body.map(|body| body.to_string())).await;
    (got.status.as_u16(), described(method, path, &got))
}

/// The answer as JSON, once it is as the description has it.
pub(super) fn described(method: &str, path: &str, got: &Got) -> Value {
    let media = got.headers["content-type"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let schema = schema::answer(method, path, got.status.as_u16(), &media).unwrap_or_else(|| {
        panic!("{method} {path} answers {} {media} undescribed: {}", got.status, got.body)
    });
    if media == "text/csv" {
        return Value::String(got.body.clone());
    }
    let value: Value = serde_json::from_str(&got.body).unwrap();
    schema::holds(&schema, &value).unwrap_or_else(|why| panic!("{method} {path}: {why}\n{value:#}"));
    value
}
