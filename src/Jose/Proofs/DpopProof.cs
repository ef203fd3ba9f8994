using Culvert.Jose.Algorithms;
using Culvert.Jose.Base64;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;
using Culvert.Jose.Tokens;

namespace Culvert.Jose.Proofs;

/// <summary>
/// A DPoP proof (RFC 9449 §4.2) with a valid signature: its sender has the private key of <see cref="Thumbprint"/>. The
/// caller checks request, time, nonce, single use and access token (§4.3, points 8 to 12).
/// </summary>
public sealed class DpopProof
{
    /// <summary>The <c>typ</c> of proofs.</summary>
    public const string TokenType = "dpop+jwt";

    private DpopProof() { }

    /// <summary>RFC 7638 thumbprint of the key, SHA-256, base64url; a bound token has it as <c>cnf</c> <c>jkt</c>.</summary>
    public required string Thumbprint { get; init; }

    public required JwsAlgorithm Algorithm { get; init; }

    /// <summary><c>htm</c>: 1 to 256 bytes.</summary>
    public required string Method { get; init; }

    /// <summary><c>htu</c>: 1 to 2048 bytes.</summary>
    public required string Uri { get; init; }

    /// <summary><c>iat</c>, seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>jti</c>: 1 to 256 bytes.</summary>
    public required string TokenId { get; init; }

    /// <summary><c>ath</c>: base64url of the SHA-256 of the access token; null if absent.</summary>
    public string? AccessTokenHash { get; init; }

    /// <summary><c>nonce</c>; null if absent.</summary>
    public string? Nonce { get; init; }

    /// <summary>
    /// Parses a proof and verifies it with the key in its header (§4.3, points 2 to 7). Refuses private and symmetric keys
    /// there, and every key that <see cref="JwkSet"/> would drop.
    /// </summary>
    public static JoseRefusal TryParse(ReadOnlyMemory<byte> compact, out DpopProof? proof)
    {
        proof = null;
        var refusal = CompactSegments.TrySplit(compact.Span, JoseLimits.MaxProofBytes, out var segments);
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        refusal = ReadHeader(segments, out var header, out var key);
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        // Parsing first, because it is cheap; the claims are trusted only after the signature check below.
        var payload = new byte[CanonicalBase64Url.DecodedLength(segments.Payload.Length)];
        CanonicalBase64Url.DecodeCanonical(segments.Payload, payload);
        refusal = ClaimSet.TryParse(payload, out var claims);
        if (refusal == JoseRefusal.None)
        {
            var signed = compact[..segments.SigningInput.Length];
            refusal = key!.Verify(header.Algorithm, JwsAlgorithms.All, signed, segments.Signature);
        }

        return refusal == JoseRefusal.None
            ? ReadClaims(claims!, header.Algorithm, key!.Thumbprint, out proof)
            : refusal;
    }

    /// <summary>
    /// Whether the proof is for this request (§4.3, points 8 and 9). Methods are compared exactly. Targets are compared
    /// without query and fragment, normalised as in RFC 3986 §6.2.2 and §6.2.3: case of scheme and host, default port, dot
    /// segments; the path is case-sensitive.
    /// </summary>
    /// <param name="method">The request's method.</param>
    /// <param name="target">The request's absolute URI with the service's public name.</param>
    public bool IsFor(string method, Uri target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Method == method
            && System.Uri.TryCreate(Uri, UriKind.Absolute, out var claimed)
            && claimed.UserInfo.Length == 0
            && string.Equals(claimed.Scheme, target.Scheme, StringComparison.Ordinal)
            && string.Equals(claimed.IdnHost, target.IdnHost, StringComparison.OrdinalIgnoreCase)
            && claimed.Port == target.Port
            && string.Equals(claimed.AbsolutePath, target.AbsolutePath, StringComparison.Ordinal);
    }

    private static JoseRefusal ReadHeader(in CompactSegments segments, out JwsHeader header, out VerificationKey? key)
    {
        header = default;
        key = null;
        var json = new byte[CanonicalBase64Url.DecodedLength(segments.Header.Length)];
        if (json.Length > JoseLimits.MaxProofHeaderBytes)
        {
            return JoseRefusal.TokenTooLarge;
        }

        CanonicalBase64Url.DecodeCanonical(segments.Header, json);
        var refusal = JwsHeader.TryParse(json, JwsHeaderKind.Proof, out header);
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        if (!MediaType.Matches(header.Type, TokenType))
        {
            return JoseRefusal.TypeNotAllowed;
        }

        return header.Key.Equals(default)
            ? JoseRefusal.KeyMissing
            : JwkParser.TryParse(json.AsSpan(header.Key), out key);
    }

    private static JoseRefusal ReadClaims(
        ClaimSet claims,
        JwsAlgorithm algorithm,
        string thumbprint,
        out DpopProof? proof
    )
    {
        var reader = new ProofClaimReader(claims);
        var read = new DpopProof
        {
            Thumbprint = thumbprint,
            Algorithm = algorithm,
            TokenId = reader.RequiredText("jti"u8, JoseLimits.MaxProofTextBytes),
            Method = reader.RequiredText("htm"u8, JoseLimits.MaxProofTextBytes),
            Uri = reader.RequiredText("htu"u8, JoseLimits.MaxProofTargetBytes),
            IssuedAt = reader.RequiredTime("iat"u8),
            AccessTokenHash = reader.OptionalText("ath"u8, JoseLimits.MaxProofTextBytes),
            Nonce = reader.OptionalText("nonce"u8, JoseLimits.MaxProofTextBytes),
        };
        proof = reader.Refusal == JoseRefusal.None ? read : null;
        return reader.Refusal;
    }
}
