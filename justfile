# The habits of the house; `just` alone lists them. Continuous integration runs `just check`'s script.

_default:
    @just --list --unsorted

# everything that must hold before a change lands
check:
    ./scripts/check

# the tests of one room, or of all
test room="":
    cargo nextest run {{ if room == "" { "--workspace" } else { "-p " + room } }}

# lints of one room, or of all
lint room="":
    cargo clippy {{ if room == "" { "--workspace" } else { "-p " + room } }} --all-targets -- -D warnings

# a made-up movement in a folder, served on this machine
demo dir="target/demo":
    cargo run --release -- demo --dir {{dir}}

# a short fuzz of every parser of foreign bytes, or of one
fuzz seconds="3" target="":
    ./scripts/fuzz-smoke {{seconds}} {{target}}

# the measurements, as tables and as JSON
bench name:
    cargo run --release -p hustings-bench --bin {{name}}

# every page rendered to target/gallery, to be looked at in a browser
shots dir="target/gallery":
    cargo run -p hustings-server --example gallery -- {{dir}}

# the documents of the code, for reading
doc:
    cargo doc --workspace --no-deps --open
