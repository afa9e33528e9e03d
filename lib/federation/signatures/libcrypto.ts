import { Recent } from "../recent.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** RSASSA-PKCS1-v1_5 with SHA-256, by keys that are known to be RSA keys. */
export interface NativeRsa {
  /** @param pem the private key, PKCS#8 */
  sign(pem: string, data: Bytes): Promise<Uint8Array>;
  /** @param pem the public key, SPKI */
  verify(pem: string, signature: Bytes, data: Bytes): boolean;
}

/** Both major versions have these functions, with these meanings. */
const NAMES = ["libcrypto.so.3", "libcrypto.so.1.1"];

const SYMBOLS = {
  BIO_new_mem_buf: { parameters: ["buffer", "i32"], result: "pointer" },
  BIO_free: { parameters: ["pointer"], result: "i32" },
  PEM_read_bio_PrivateKey: {
    parameters: ["pointer", "pointer", "pointer", "pointer"],
    result: "pointer",
  },
  PEM_read_bio_PUBKEY: {
    parameters: ["pointer", "pointer", "pointer", "pointer"],
    result: "pointer",
  },
  EVP_PKEY_free: { parameters: ["pointer"], result: "void" },
  EVP_sha256: { parameters: [], result: "pointer" },
  EVP_MD_CTX_new: { parameters: [], result: "pointer" },
  EVP_MD_CTX_free: { parameters: ["pointer"], result: "void" },
  EVP_DigestSignInit: {
    parameters: ["pointer", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  EVP_DigestSign: {
    parameters: ["pointer", "buffer", "buffer", "buffer", "usize"],
    result: "i32",
    // The one that takes time: off the event loop.
    nonblocking: true,
  },
  EVP_DigestVerifyInit: {
    parameters: ["pointer", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  // Thirty times as fast as signing.
  EVP_DigestVerify: {
    parameters: ["pointer", "buffer", "usize", "buffer", "usize"],
    result: "i32",
  },
} as const;

type Library = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** A key in the library's memory, freed when nobody needs it any more. */
interface NativeKey {
  pointer: Deno.PointerValue;
  uses: number;
  dropped: boolean;
}

const PRIVATE_KEYS = 1000;
const PUBLIC_KEYS = 5000;
/** Bytes of the longest signature: a key of 8192 bits. */
const MAX_SIGNATURE = 1024;

/** The system's libcrypto, or null where there is none that can be used. */
export function openLibcrypto(): NativeRsa | null {
  if (Deno.build.os !== "linux") return null;
  for (const name of NAMES) {
    try {
      return new Libcrypto(Deno.dlopen(name, SYMBOLS).symbols);
    } catch {
      // Not installed, another build of it, or not allowed: the next one, or WebCrypto.
    }
  }
  return null;
}

class Libcrypto implements NativeRsa {
  #privateKeys: Recent<string, NativeKey>;
  #publicKeys: Recent<string, NativeKey>;

  constructor(private readonly lib: Library) {
    const drop = (key: NativeKey) => {
      key.dropped = true;
      this.#freeUnused(key);
    };
    this.#privateKeys = new Recent(PRIVATE_KEYS, drop);
    this.#publicKeys = new Recent(PUBLIC_KEYS, drop);
  }

  async sign(pem: string, data: Bytes): Promise<Uint8Array> {
    const key = this.#privateKeys.get(
      pem,
      (pem) => this.#read(pem, "PEM_read_bio_PrivateKey"),
    );
    const { lib } = this;
    key.uses++;
    const context = lib.EVP_MD_CTX_new();
    try {
      const ready = lib.EVP_DigestSignInit(
        context,
        null,
        lib.EVP_sha256(),
        null,
        key.pointer,
      );
      const signature = new Uint8Array(MAX_SIGNATURE);
      const length = new BigUint64Array([BigInt(MAX_SIGNATURE)]);
      const done = ready === 1 &&
        await lib.EVP_DigestSign(
            context,
            signature,
            length,
            data,
            BigInt(data.length),
          ) === 1;
      if (!done) throw new Error("libcrypto could not sign");
      return signature.subarray(0, Number(length[0]));
    } finally {
      lib.EVP_MD_CTX_free(context);
      key.uses--;
      this.#freeUnused(key);
    }
  }

  verify(pem: string, signature: Bytes, data: Bytes): boolean {
    const { lib } = this;
    const key = this.#publicKeys.get(
      pem,
      (pem) => this.#read(pem, "PEM_read_bio_PUBKEY"),
    );
    const context = lib.EVP_MD_CTX_new();
    try {
      const ready = lib.EVP_DigestVerifyInit(
        context,
        null,
        lib.EVP_sha256(),
        null,
        key.pointer,
      );
      if (ready !== 1) throw new Error("libcrypto could not verify");
      return lib.EVP_DigestVerify(
        context,
        signature,
        BigInt(signature.length),
        data,
        BigInt(data.length),
      ) === 1;
    } finally {
      lib.EVP_MD_CTX_free(context);
    }
  }

  #read(
    pem: string,
    how: "PEM_read_bio_PrivateKey" | "PEM_read_bio_PUBKEY",
  ): NativeKey {
    const { lib } = this;
    const text = new TextEncoder().encode(pem);
    const memory = lib.BIO_new_mem_buf(text, text.length);
    const pointer = lib[how](memory, null, null, null);
    lib.BIO_free(memory);
    if (pointer === null) throw new Error("the key cannot be read");
    return { pointer, uses: 0, dropped: false };
  }

  #freeUnused(key: NativeKey): void {
    if (key.dropped && key.uses === 0) this.lib.EVP_PKEY_free(key.pointer);
  }
}
