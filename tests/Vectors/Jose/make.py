#!/usr/bin/env python3
"""Writes the vectors beside this file; see PROVENANCE.md. Standard library only, no randomness."""
import base64
import hashlib
import json
import pathlib

here = pathlib.Path(__file__).parent
b64 = lambda b: base64.urlsafe_b64encode(b).rstrip(b"=").decode()


def write(folder, name, text):
    path = here / folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


# RFC 7515 appendix A, RFC 7638 section 3.1: copied.
PAYLOAD = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
A2_N = (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_"
    "YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD"
    "Zlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
)
A2_SIGNATURE = (
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQ"
    "jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqt"
    "FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
)
A3 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
A3_SIGNATURE = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
A4 = {
    "kty": "EC",
    "crv": "P-521",
    "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
    "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
}
A4_SIGNATURE = (
    "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpR"
    "wcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"
)
RFC7638_N = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64t"
    "Z_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO"
    "pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
)
a2 = {"kty": "RSA", "n": A2_N, "e": "AQAB"}
keys = lambda *k: json.dumps({"keys": k}, indent=1)
a3_token = f"eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{A3_SIGNATURE}"
for name, header, payload, signature, jwk in (
    ("rfc7515-a2-rs256", "eyJhbGciOiJSUzI1NiJ9", PAYLOAD, A2_SIGNATURE, a2),
    ("rfc7515-a3-es256", "eyJhbGciOiJFUzI1NiJ9", PAYLOAD, A3_SIGNATURE, A3),
    ("rfc7515-a4-es512", "eyJhbGciOiJFUzUxMiJ9", "UGF5bG9hZA", A4_SIGNATURE, A4),
):
    write("accepted", name + ".jws", f"{header}.{payload}.{signature}")
    write("accepted", name + ".jwks.json", keys(jwk))
write("accepted", "rfc7638-3.1.jwks.json", keys({"kty": "RSA", "n": RFC7638_N, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}))
write("accepted", "rfc7638-3.1.thumbprint", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")

# RFC 9449 figures 2 (token request) and 13 (protected resource), and the access token of the latter: copied.
DPOP_HEADER = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFV"
    "ZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
)
write(
    "accepted",
    "rfc9449-4.1-token-request.jws",
    f"{DPOP_HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwi"
    "aWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg",
)
write(
    "accepted",
    "rfc9449-7.1-resource-request.jws",
    f"{DPOP_HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0"
    "ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqz"
    "hrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA",
)
write("accepted", "rfc9449-7.1.token", "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU")

# Refused while parsing: RFC examples of what does not exist here.
refused = lambda reason, name, token: write("refused", f"{reason}.{name}.jws", token)
refused(
    "AlgorithmUnsupported",
    "rfc7515-a1-hs256",
    f"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
)
refused("SegmentEmpty", "rfc7515-a5-unsecured", f"eyJhbGciOiJub25lIn0.{PAYLOAD}.")
general = {
    "payload": PAYLOAD,
    "signatures": [
        {"protected": "eyJhbGciOiJSUzI1NiJ9", "header": {"kid": "2010-12-29"}, "signature": A2_SIGNATURE},
        {"protected": "eyJhbGciOiJFUzI1NiJ9", "header": {"kid": "e9bc097a-ce51-4036-9562-d2ade882db0d"}, "signature": A3_SIGNATURE},
    ],
}
refused("SegmentCount", "rfc7515-a6-general-json", json.dumps(general))
flattened = {"payload": PAYLOAD, **general["signatures"][1]}
refused("SegmentCount", "rfc7515-a7-flattened-json", json.dumps(flattened))
refused("SegmentEmpty", "rfc7515-appendix-f-detached", f"eyJhbGciOiJFUzI1NiJ9..{A3_SIGNATURE}")

# Refused while parsing: one fault per file, on a token whose signature is a placeholder of the right length.
CLAIMS = b'{"iss":"joe","exp":1300819380}'
PLACEHOLDER = b64(bytes(range(1, 65)))


def token(header, claims=CLAIMS, signature=PLACEHOLDER):
    raw = lambda part: part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()
    return f"{b64(raw(header))}.{b64(raw(claims))}.{signature}"


# File names differ in more than case, for file systems that do not tell cases apart.
for label, name in (
    ("none", "none"),
    ("none-capital", "None"),
    ("none-mixed", "nOnE"),
    ("none-upper", "NONE"),
    ("empty", ""),
    ("hs256", "HS256"),
    ("hs384", "HS384"),
    ("hs512", "HS512"),
    ("es256k", "ES256K"),
    ("eddsa", "EdDSA"),
    ("es256-lower", "es256"),
    ("rs256-space", "RS256 "),
    ("rsa-oaep", "RSA-OAEP"),
    ("pbes2", "PBES2-HS256+A128KW"),
):
    refused("AlgorithmUnsupported", "alg-" + label, token({"alg": name}))
refused("AlgorithmMissing", "alg-absent", token({"kid": "a"}))
for name, value in (("null", None), ("number", 256), ("array", ["ES256"]), ("object", {"a": 1}), ("true", True)):
    refused("HeaderMemberType", "alg-" + name, token({"alg": value}))
    refused("HeaderMemberType", "kid-" + name, token({"alg": "ES256", "kid": value}))
refused("HeaderMemberType", "typ-number", token({"alg": "ES256", "typ": 1}))
refused("KeyIdInvalid", "kid-empty", token({"alg": "ES256", "kid": ""}))
refused("KeyIdInvalid", "kid-257-characters", token({"alg": "ES256", "kid": "k" * 257}))
for name, value in (("empty", []), ("unknown", ["exp"]), ("standard-name", ["alg"]), ("string", "exp"), ("twice", ["exp", "exp"]), ("b64", ["b64"])):
    refused("CriticalHeader", "crit-" + name, token({"alg": "ES256", "crit": value}))
refused("UnencodedPayload", "b64-false", token({"alg": "ES256", "b64": False}))
refused("UnencodedPayload", "b64-true", token({"alg": "ES256", "b64": True}))
refused("CompressedPayload", "zip-def", token({"alg": "ES256", "zip": "DEF"}))
refused("NestedToken", "enc", token({"alg": "ES256", "enc": "A128GCM"}))
refused("NestedToken", "epk", token({"alg": "ES256", "epk": A3}))
refused("DuplicateMember", "header-alg-twice", token(b'{"alg":"none","alg":"ES256"}'))
refused("DuplicateMember", "header-alg-escaped", token(b'{"alg":"ES256","\\u0061lg":"none"}'))
refused("DuplicateMember", "claims-sub-twice", token({"alg": "ES256"}, b'{"sub":"a","sub":"b"}'))
refused("DuplicateMember", "claims-sub-escaped-later", token({"alg": "ES256"}, b'{"sub":"a","s\\u0075b":"b"}'))
refused("DuplicateMember", "claims-sub-escaped-earlier", token({"alg": "ES256"}, b'{"s\\u0075b":"a","sub":"b"}'))
refused("DuplicateMember", "claims-both-escaped", token({"alg": "ES256"}, b'{"s\\u0075b":"a","\\u0073ub":"b"}'))
refused("DuplicateMember", "claims-nested", token({"alg": "ES256"}, b'{"a":[{"b":{"c":1,"d":{},"c":2}}]}'))
refused("MemberNameForbidden", "proto", token({"alg": "ES256"}, b'{"__proto__":{"admin":true}}'))
refused("MemberNameForbidden", "proto-escaped", token({"alg": "ES256"}, b'{"_\\u005fproto__":{"admin":true}}'))
for name, claims in (
    ("byte-order-mark", b"\xef\xbb\xbf" + CLAIMS),
    ("comment", b'{"a":1/*x*/}'),
    ("trailing-comma", b'{"a":1,}'),
    ("trailing-object", CLAIMS + b"{}"),
    ("trailing-text", CLAIMS + b"x"),
    ("trailing-nul", CLAIMS + b"\0"),
    ("nan", b'{"exp":NaN}'),
    ("infinity", b'{"exp":Infinity}'),
    ("leading-zero", b'{"exp":01}'),
    ("plus", b'{"exp":+1}'),
    ("single-quotes", b"{'a':1}"),
    ("unquoted-name", b"{a:1}"),
    ("unterminated", b'{"a":1'),
    ("raw-control-character", b'{"a":"\n"}'),
    ("bad-escape", b'{"a":"\\x41"}'),
    ("utf-16", '{"a":1}'.encode("utf-16-le")),
):
    refused("JsonMalformed", "claims-" + name, token({"alg": "ES256"}, claims))
for name, claims in (
    ("invalid-byte", b'{"a":"\xff"}'),
    ("overlong", b'{"a":"\xc0\xaf"}'),
    ("raw-surrogate", b'{"a":"\xed\xa0\x80"}'),
    ("invalid-name", b'{"\xff":1}'),
    ("lone-high-escape", b'{"a":"\\ud800"}'),
    ("lone-low-escape", b'{"a":"\\udc00"}'),
    ("swapped-escapes", b'{"a":"\\udc00\\ud800"}'),
    ("high-then-text", b'{"a":"\\ud800x"}'),
    ("high-then-escape", b'{"a":"\\ud800\\n"}'),
    ("nested", b'{"a":{"b":["\\ud800"]}}'),
    ("name", b'{"\\ud800":1}'),
):
    refused("TextInvalid", "claims-" + name, token({"alg": "ES256"}, claims))
for name, claims in (("array", b"[]"), ("string", b'"a"'), ("number", b"1"), ("null", b"null")):
    refused("NotAnObject", "claims-" + name, token({"alg": "ES256"}, claims))
refused("NotAnObject", "header-array", token(b'["ES256"]'))
refused("TooDeep", "claims-33-levels", token({"alg": "ES256"}, b'{"a":' * 33 + b"1" + b"}" * 33))
refused("TooDeep", "claims-arrays", token({"alg": "ES256"}, b'{"a":' + b"[" * 32 + b"]" * 32 + b"}"))
refused("TooDeep", "claims-1000-levels", token({"alg": "ES256"}, b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}"))
good = token({"alg": "ES256"})
head, body, sign = good.split(".")
refused("SegmentCount", "two-segments", f"{head}.{body}")
refused("SegmentCount", "one-segment", "abc")
refused("SegmentCount", "empty", "")
refused("SegmentCount", "trailing-dot", good + ".")
refused("SegmentCount", "six-segments", "a.b.c.d.e.f")
refused("SegmentCount", "only-dots", "." * 1000)
refused("EncryptedToken", "five-segments", f"{b64(b'{}')}.a.b.c.d")
refused("SegmentEmpty", "header", f".{body}.{sign}")
refused("SegmentEmpty", "all", "..")
for name, text in (
    ("padding", f"{head}.{body}=.{sign}"),
    ("standard-alphabet", f"{head}.{body}.+/{sign[2:]}"),
    ("space", f"{head}.{body}.{sign} "),
    ("leading-space", f" {good}"),
    ("newline", f"{head}.{body}.{sign}\n"),
    ("inner-newline", f"{head}.{body[:4]}\n{body[4:]}.{sign}"),
    ("nul", f"{head}.{body}.{sign}\0"),
    ("length-1-mod-4", f"{head}.{body}.{sign[:-1]}"),
    ("not-ascii", f"{head}.{body}.é{sign[2:]}"),
):
    refused("EncodingNotCanonical", name, text)
# 64 bytes end in a character of which 4 bits are left over.
alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
for extra in (1, 8, 15):
    last = alphabet[alphabet.index(sign[-1]) | extra]
    refused("EncodingNotCanonical", f"bits-left-over-{extra}", f"{head}.{body}.{sign[:-1]}{last}")
base = len(f"{head}..{sign}")
refused("TokenTooLarge", "16385-bytes", f"{head}.{'A' * (16385 - base)}.{sign}")

# Refused while verifying with the key of rfc7515-a3-es256.
N256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
signature = base64.urlsafe_b64decode(A3_SIGNATURE + "==")
r, s = signature[:32], signature[32:]
number = lambda n: n.to_bytes(32, "big")
der_integer = lambda b: b"\x02" + bytes([len(b) + (b[0] >> 7)]) + (b"\0" if b[0] >> 7 else b"") + b
der = der_integer(r) + der_integer(s)
for name, value in (
    ("zero", bytes(64)),
    ("r-zero", bytes(32) + s),
    ("s-zero", r + bytes(32)),
    ("r-order", number(N256) + s),
    ("s-order", r + number(N256)),
    ("s-plus-order-truncated", r + number((int.from_bytes(s, "big") + N256) % 2**256)),
    ("all-ones", b"\xff" * 64),
    ("swapped", s + r),
    ("der", b"\x30" + bytes([len(der)]) + der),
    ("63-bytes", signature[:-1]),
    ("65-bytes", signature + b"\0"),
    ("leading-zero", b"\0" + signature),
    ("one-byte", b"\x01"),
):
    write("unverified", f"SignatureInvalid.es256-{name}.jws", f"eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{b64(value)}")
for algorithm in ("ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
    write("unverified", f"AlgorithmKeyMismatch.p256-key-{algorithm.lower()}.jws", f"{b64(json.dumps({'alg': algorithm}).encode())}.{PAYLOAD}.{A3_SIGNATURE}")

# Key sets with one key that must be dropped for the reason in the file's name.
n = base64.urlsafe_b64decode(A2_N + "==")
rsa = lambda modulus, exponent="AQAB", **more: {"kty": "RSA", "kid": "k", "n": b64(modulus), "e": exponent, **more}
ec = lambda **changes: {**A3, "kid": "k", **changes}
x, y = (base64.urlsafe_b64decode(A3[c] + "=") for c in "xy")


def dropped(reason, name, *jwks):
    write("dropped", f"{reason}.{name}.json", keys(*jwks))


odd = lambda bits: ((1 << (bits - 1)) | 1 | int.from_bytes(hashlib.sha256(b"modulus").digest(), "big") << 16).to_bytes((bits + 7) // 8, "big")
dropped("KeySymmetric", "oct", {"kty": "oct", "kid": "k", "k": b64(b"secret")})
dropped("KeyPrivate", "ec-with-d", ec(d="jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"))
dropped("KeyPrivate", "rsa-with-p", rsa(n, p="AQAB"))
for name, jwk in (
    ("okp", {"kty": "OKP", "crv": "Ed25519", "x": b64(x)}),
    ("kty-lower-case", {**A3, "kty": "ec"}),
    ("secp256k1", ec(crv="secp256k1")),
    ("p-192", ec(crv="P-192")),
    ("crv-lower-case", ec(crv="p-256")),
):
    dropped("KeyTypeUnsupported", name, jwk)
for name, jwk in (("use-enc", ec(use="enc")), ("use-null", ec(use=None)), ("key-ops-encrypt", ec(key_ops=["encrypt"])), ("key-ops-empty", ec(key_ops=[])), ("key-ops-string", ec(key_ops="verify"))):
    dropped("KeyUse", name, jwk)
for name, jwk in (("p256-es384", ec(alg="ES384")), ("p256-rs256", ec(alg="RS256")), ("rsa-es256", rsa(n, alg="ES256")), ("rsa-hs256", rsa(n, alg="HS256")), ("rsa-oaep", rsa(n, alg="RSA-OAEP")), ("number", ec(alg=1))):
    dropped("KeyAlgorithm", name, jwk)
for bits in (512, 1024, 2047, 4097, 8192, 32768):
    dropped("KeySize", f"rsa-{bits}", rsa(odd(bits)))
for name, exponent in (("one", b"\x01"), ("two", b"\x02"), ("even", b"\x01\0\0"), ("above-2-to-32", b"\x01\0\0\0\x01"), ("huge", b"\xff" * 64)):
    dropped("KeyExponent", name, rsa(n, b64(exponent)))
dropped("KeyWeak", "rsa-even-modulus", rsa(n[:-1] + bytes([n[-1] & 0xFE])))
primes = [p for p in range(2, 702) if all(p % d for d in range(2, p))]
primorial = 1
for p in primes:
    primorial *= p
# No product of two primes: only the fingerprint counts.
roca = (1 << 2047) // primorial * primorial + primorial + pow(65537, 12345, primorial)
dropped("KeyWeak", "rsa-roca-fingerprint", rsa(roca.to_bytes(256, "big")))
for name, jwk in (
    ("not-object", "key"),
    ("no-kty", {"kid": "k"}),
    ("kty-number", {"kty": 1}),
    ("rsa-no-n", {"kty": "RSA", "e": "AQAB"}),
    ("rsa-no-e", {"kty": "RSA", "n": A2_N}),
    ("rsa-n-empty", {"kty": "RSA", "n": "", "e": "AQAB"}),
    ("rsa-e-empty", {"kty": "RSA", "n": A2_N, "e": ""}),
    ("rsa-n-padded", {"kty": "RSA", "n": A2_N + "==", "e": "AQAB"}),
    ("rsa-n-leading-zero", rsa(b"\0" + n)),
    ("rsa-e-leading-zero", rsa(n, b64(b"\0\x01\0\x01"))),
    ("rsa-n-array", {"kty": "RSA", "n": [A2_N], "e": "AQAB"}),
    ("ec-no-x", {"kty": "EC", "crv": "P-256", "y": A3["y"]}),
    ("ec-no-crv", {"kty": "EC", "x": A3["x"], "y": A3["y"]}),
    ("ec-x-standard-alphabet", ec(x="+83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")),
):
    dropped("KeyMalformed", name, jwk)
for name, jwk in (
    ("off-curve", ec(y=b64(y[:-1] + bytes([y[-1] ^ 1])))),
    ("infinity", ec(x=b64(bytes(32)), y=b64(bytes(32)))),
    ("x-short", ec(x=b64(x[1:]))),
    ("x-long", ec(x=b64(b"\0" + x))),
    ("x-not-in-field", ec(x=b64(b"\xff" * 32))),
    ("other-curve", {**A4, "crv": "P-256"}),
):
    dropped("KeyPoint", name, jwk)
other_n = base64.urlsafe_b64decode(RFC7638_N + "==")
dropped("KeyIdDuplicate", "two-of-one-algorithm", rsa(n), rsa(other_n))
dropped("KeyIdDuplicate", "two-of-overlapping-algorithms", rsa(n), rsa(other_n, alg="RS512"))
for name, kid in (("empty", ""), ("257-characters", "k" * 257), ("number", 1), ("null", None)):
    dropped("KeyIdInvalid", name, {**A3, "kid": kid})

# Documents that are no key sets.
for reason, name, text in (
    ("JsonMalformed", "not-json", "<html></html>"),
    ("JsonMalformed", "empty", ""),
    ("JsonMalformed", "keys-twice", '{"keys":[],"keys":[]}'),
    ("JsonMalformed", "kid-twice", '{"keys":[{"kid":"a","k\\u0069d":"b"}]}'),
    ("JsonMalformed", "too-deep", '{"keys":' + "[" * 40 + "]" * 40 + "}"),
    ("JsonMalformed", "trailing", '{"keys":[]} x'),
    ("JsonMalformed", "byte-order-mark", b"\xef\xbb\xbf" + b'{"keys":[]}'),
    ("TextInvalid", "invalid-byte", b'{"keys":[{"kid":"\xff"}]}'),
    ("TextInvalid", "lone-surrogate", '{"keys":[{"kid":"\\ud800"}]}'),
    ("KeySetMalformed", "array", "[]"),
    ("KeySetMalformed", "no-keys", "{}"),
    ("KeySetMalformed", "keys-object", '{"keys":{}}'),
    ("KeySetTooLarge", "101-keys", json.dumps({"keys": [{}] * 101})),
):
    write("refused-sets", f"{reason}.{name}.json", text)
