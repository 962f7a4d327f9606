// Command sumdb checks a served decision ledger with the verifier of Go's checksum database, which shares no code with
// us: the log's signature with golang.org/x/mod/sumdb/note, every tile and every entry with golang.org/x/mod/sumdb/tlog.
//
//	go run . FOLDER KEY [EARLIER-CHECKPOINT]
//
// It prints one line and ends with 0 when all holds, with 1 otherwise.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: sumdb FOLDER KEY [EARLIER-CHECKPOINT]"))
	}
	size, err := check(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fail(err)
	}
	fmt.Printf("whole: %d entries, each proven by sumdb/tlog under a checkpoint that sumdb/note verified\n", size)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "broken:", err)
	os.Exit(1)
}

func check(folder, key string, earlier []string) (int64, error) {
	tree, err := signed(filepath.Join(folder, "checkpoint"), key)
	if err != nil {
		return 0, err
	}
	// The reader refuses any tile that does not lead to the signed root.
	reader := tlog.TileHashReader(tree, served(folder))
	for index := int64(0); index < tree.N; index++ {
		entry, err := entryAt(folder, index, tree.N)
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return 0, fmt.Errorf("entry %d: %w", index, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
			return 0, fmt.Errorf("entry %d: %w", index, err)
		}
	}
	for _, path := range earlier {
		before, err := signed(path, key)
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveTree(tree.N, before.N, reader)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return 0, fmt.Errorf("it does not continue %s: %w", path, err)
		}
	}
	return tree.N, nil
}

func signed(path, key string) (tlog.Tree, error) {
	var tree tlog.Tree
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return tree, err
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(bytes, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, fmt.Errorf("the checkpoint is not that of %s", verifier.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || copy(tree.Hash[:], root) != len(tree.Hash) {
		return tree, fmt.Errorf("the root is malformed")
	}
	return tree, nil
}

// served reads the tiles of a folder.
type served string

func (folder served) Height() int { return 8 }

func (folder served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		bytes, err := file(string(folder), strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		if most := tile.W * tlog.HashSize; len(bytes) > most {
			bytes = bytes[:most]
		}
		read = append(read, bytes)
	}
	return read, nil
}

func (folder served) SaveTiles([]tlog.Tile, [][]byte) {}

// file reads a tile; the full one stands in for a partial one that is gone (C2SP tlog-tiles, "Partial Tiles").
func file(folder, path string) ([]byte, error) {
	bytes, err := os.ReadFile(filepath.Join(folder, path))
	if full, _, partial := strings.Cut(path, ".p/"); os.IsNotExist(err) && partial {
		return os.ReadFile(filepath.Join(folder, full))
	}
	return bytes, err
}

var bundle struct {
	index   int64
	entries [][]byte
}

func entryAt(folder string, index, size int64) ([]byte, error) {
	number := index / 256
	if bundle.entries == nil || bundle.index != number {
		width := size - number*256
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: -1, N: number, W: int(width)}
		bytes, err := file(folder, strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1))
		if err != nil {
			return nil, err
		}
		bundle.index, bundle.entries = number, nil
		for len(bytes) >= 2 && int64(len(bundle.entries)) < width {
			length := int(binary.BigEndian.Uint16(bytes))
			if len(bytes) < 2+length {
				break
			}
			bundle.entries = append(bundle.entries, bytes[2:2+length])
			bytes = bytes[2+length:]
		}
	}
	at := int(index - number*256)
	if at >= len(bundle.entries) {
		return nil, fmt.Errorf("entry %d is missing", index)
	}
	return bundle.entries[at], nil
}
