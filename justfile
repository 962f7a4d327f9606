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

# a minute of fuzzing each for rows of files, audience expressions and index files; `fuzz 3 mail_reply` for another
fuzz seconds="60" targets="app_import audience_language audience_index":
    ./scripts/fuzz-smoke {{seconds}} {{targets}}

# a moment of fuzzing for every parser of foreign bytes
fuzz-all seconds="3":
    ./scripts/fuzz-smoke {{seconds}}

# the measurements, as tables and as JSON
bench name:
    cargo run --release -p hustings-bench --bin {{name}}

# every page rendered to target/gallery, to be looked at in a browser
shots dir="target/gallery":
    cargo run -p hustings-server --example gallery -- {{dir}}

# the documents of the code, for reading
doc:
    cargo doc --workspace --no-deps --open
