//! Renders every page with sample content into a folder, to be looked at:
//! `cargo run -p hustings-server --example gallery -- DIR`.

use hustings_server::{assets, views};
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

#[path = "samples/every.rs"]
mod samples;

fn main() -> Result<(), Box<dyn Error>> {
    let folder: PathBuf = std::env::args_os().nth(1).ok_or("say into which folder")?.into();
    fs::create_dir_all(folder.join("assets"))?;
    for asset in assets::ALL {
        fs::write(folder.join("assets").join(asset.file_name()), asset.body)?;
    }
    let mut contents = String::from("<!doctype html><meta charset=utf-8><title>Every page</title><ul>");
    for (name, html) in samples::pages(str::to_owned)? {
        write!(contents, "<li><a href=\"{name}.html\">{name}</a>")?;
        // Opened as files, the pages find their styles beside them.
        fs::write(folder.join(format!("{name}.html")), html.replace("\"/assets/", "\"assets/"))?;
    }
    fs::write(folder.join("index.html"), contents)?;
    Ok(())
}
