/** Lengths and name that the stub needs to find its parts in its own file. */
export interface Parts {
  /** Names the folder of this very build: version and digest of the content. */
  id: string;
  deno: number;
  unpacker: number;
}

/** Bytes of the stub: padded to this length, so that the offsets can be written into it. */
export const STUB_BYTES = 4096;

/**
 * The shell program at the front of the executable. It needs nothing but a POSIX shell and
 * coreutils: it writes the Deno binary and the unpacker behind it into a folder of this build,
 * lets Deno unpack the rest, and runs the program from there. A later start only does the last.
 * The folder appears by a rename, so that an interrupted first start leaves nothing half done.
 */
export function stub({ id, deno, unpacker }: Parts): Uint8Array {
  const denoAt = STUB_BYTES + 1;
  const unpackerAt = denoAt + deno;
  const text = `#!/bin/sh
# Tundra ${id}: a program with everything it needs. Starts at once after the first time.
set -eu
self=$0
case $self in
  */*) ;;
  *) self=$(command -v "$self") ;;
esac
if [ -n "\${TUNDRA_PROGRAM_DIR:-}" ]; then base=$TUNDRA_PROGRAM_DIR
elif [ "$(id -u)" = 0 ]; then base=/var/lib/tundra/program
else base=\${XDG_CACHE_HOME:-\${HOME:-/tmp}/.cache}/tundra
fi
home=$base/${id}
if [ ! -e "$home/ready" ]; then
  new=$base/.new.$$
  if ! mkdir -p "$new/bin" 2>/dev/null; then
    echo "tundra: cannot write to $base; set TUNDRA_PROGRAM_DIR to a folder that this user can write to" >&2
    exit 1
  fi
  trap 'rm -rf "$new"' EXIT INT TERM HUP
  tail -c +${denoAt} "$self" | head -c ${deno} > "$new/bin/deno"
  tail -c +${unpackerAt} "$self" | head -c ${unpacker} > "$new/unpack.js"
  chmod 755 "$new/bin/deno"
  DENO_DIR=$new/cache DENO_NO_UPDATE_CHECK=1 "$new/bin/deno" run --quiet --allow-all --no-config \\
    "$new/unpack.js" "$self" ${STUB_BYTES + deno + unpacker} "$new"
  rm -rf "$new/unpack.js" "$new/cache"
  : > "$new/ready"
  if [ ! -e "$home/ready" ]; then mv "$new" "$home" 2>/dev/null || true; fi
  rm -rf "$new"
  trap - EXIT INT TERM HUP
fi
export DENO_DIR="$home/cache" DENO_NO_UPDATE_CHECK=1
exec "$home/bin/deno" run --quiet --allow-all --no-prompt --no-remote --no-lock \\
  --config "$home/app/deno.json" "$home/app/main.ts" "$@"
exit 1
`;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > STUB_BYTES) throw new Error("the stub is too long");
  const padded = new Uint8Array(STUB_BYTES).fill(0x0a);
  padded.set(bytes);
  return padded;
}
