using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Jose.Proofs;

/// <summary>Reads a proof's claims in sequence and stores the first error in <see cref="Refusal"/>.</summary>
internal ref struct ProofClaimReader(ClaimSet claims)
{
    public JoseRefusal Refusal { get; private set; }

    public string RequiredText(ReadOnlySpan<byte> name, int maxBytes)
    {
        var text = OptionalText(name, maxBytes);
        if (text is null)
        {
            Refuse(JoseRefusal.ClaimMissing);
        }

        return text ?? "";
    }

    /// <summary>Null if it is absent. An empty text is refused.</summary>
    public string? OptionalText(ReadOnlySpan<byte> name, int maxBytes)
    {
        if (!claims.TryFind(name, out var claim))
        {
            return null;
        }

        // The raw text is at least as long as its value, so the limit applies before a string is allocated.
        if (
            claim.Kind == ClaimKind.String
            && claim.Raw.Length - 2 <= maxBytes
            && claim.ReadString() is { Length: > 0 } text
        )
        {
            return text;
        }

        Refuse(JoseRefusal.ClaimInvalid);
        return null;
    }

    public long RequiredTime(ReadOnlySpan<byte> name)
    {
        if (!claims.TryFind(name, out var claim))
        {
            Refuse(JoseRefusal.ClaimMissing);
            return 0;
        }

        if (!claim.TryReadNumericDate(out var seconds))
        {
            Refuse(JoseRefusal.ClaimInvalid);
        }

        return seconds;
    }

    private void Refuse(JoseRefusal refusal) => Refusal = Refusal == JoseRefusal.None ? refusal : Refusal;
}
