using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;

namespace Culvert.Jose.Tokens;

/// <summary>
/// A JWT in a compact JWS (RFC 7519 §7.2), parsed but not yet verified. Before <see cref="Verify"/>, use its claims only to
/// choose the issuer's keys and to log a refusal.
/// </summary>
public sealed class SignedToken
{
    private readonly CompactJws jws;

    private SignedToken(CompactJws jws, ClaimSet claims)
    {
        this.jws = jws;
        Claims = claims;
    }

    public JwsAlgorithm Algorithm => jws.Algorithm;

    /// <inheritdoc cref="CompactJws.KeyId"/>
    public string? KeyId => jws.KeyId;

    /// <inheritdoc cref="CompactJws.Type"/>
    public string? Type => jws.Type;

    /// <inheritdoc cref="CompactJws.SigningInput"/>
    public ReadOnlySpan<byte> SigningInput => jws.SigningInput;

    public ClaimSet Claims { get; }

    /// <inheritdoc cref="CompactJws.TryParse"/>
    public static JoseRefusal TryParse(
        ReadOnlyMemory<byte> compact,
        out SignedToken? token,
        Memory<byte> room = default
    )
    {
        token = null;
        var refusal = CompactJws.TryParse(compact, out var jws, room);
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        var payload = jws!.Payload;
        var rest = payload.Length <= room.Length ? room[payload.Length..] : room;
        refusal = ClaimSet.TryParse(payload, out var claims, rest);
        if (refusal == JoseRefusal.None)
        {
            token = new SignedToken(jws, claims!);
        }

        return refusal;
    }

    /// <inheritdoc cref="CompactJws.Verify"/>
    public JoseRefusal Verify(VerificationKey key, JwsAlgorithms allowed) => jws.Verify(key, allowed);

    /// <summary>Compares <c>typ</c>: <c>application/</c> is optional, case is ignored (RFC 7515 §4.1.9).</summary>
    public bool HasType(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return MediaType.Matches(Type, type);
    }
}
