//! Each route is described and each described route is there; what the description shows is as it says.

use super::super::world::{Actors, World};
use super::schema::{OPENAPI, holds};
use hustings_domain::token::Scope;
use hustings_server::routes::{ALL, Method, Who};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn each_route_is_described_and_each_description_is_a_route() {
    let routes: BTreeSet<(String, String)> = ALL
        .iter()
        .filter(|route| route.path.starts_with("/api/"))
        .map(|route| {
            let open = route.path.ends_with("/openapi.json");
            assert_eq!(matches!(route.who, Who::Program(_)), !open, "{route:?}");
            let method = if route.method == Method::Get { "get" } else { "post" };
            (route.path.to_owned(), method.to_owned())
        })
        .collect();
    let described: BTreeSet<(String, String)> = OPENAPI["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(|method| (path.clone(), method.clone()))
        })
        .collect();
    assert_eq!(routes, described);
    assert!(routes.len() >= 19, "{}", routes.len());
}

fn walk(value: &Value, look: &mut impl FnMut(&Value)) {
    look(value);
    match value {
        Value::Object(members) => members.values().for_each(|member| walk(member, look)),
        Value::Array(all) => all.iter().for_each(|one| walk(one, look)),
        _ => {}
    }
}

#[test]
fn each_example_is_as_its_schema_has_it() {
    let mut seen = 0;
    let mut look = |at: &Value| {
        if let (Some(schema), Some(example)) = (at.get("schema"), at.get("example")) {
            holds(schema, example).unwrap_or_else(|why| panic!("{why}\n{example:#}"));
            seen += 1;
        }
    };
    walk(&OPENAPI["paths"], &mut look);
    assert!(seen > 20, "{seen}");
}

/// The example of each body, sent to each route, answers as described and never with a fault.
#[tokio::test]
async fn each_described_route_answers() {
    let world = World::new();
    world.introduced();
    let token = world.token(Actors::Jo, &Scope::ALL);
    for (path, methods) in OPENAPI["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let body = operation["requestBody"]["content"]["application/json"].get("example");
            let at = path.replace("{number}", "1").replace("{id}", &world.jo.id.to_string());
            let method = method.to_uppercase();
            let (status, answer) = super::call(&world, &token, (&method, &at), body.cloned()).await;
            assert!(status < 500 && status != 401 && status != 403, "{method} {path}: {status} {answer:#}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_as_a_problem() {
    let world = World::new();
    let token = world.token(Actors::Jo, &[]);
    for (method, path, status) in [("GET", "/api/v1/supporters", 404), ("POST", "/api/v1/budget", 405)] {
        let got = world.call(&token, method, path, None).await;
        assert_eq!(got.status, status, "{path}");
        assert_eq!(got.headers["content-type"], "application/problem+json");
    }
}
