using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tokens;

internal ref struct AccessTokenReader(ClaimSet claims)
{
    private bool isBroken;

    /// <summary>False if a claim was absent or had the wrong type.</summary>
    public readonly bool IsComplete => !isBroken;

    public string Text(ReadOnlySpan<byte> name) => Broken(OptionalText(name)) ?? "";

    public string? OptionalText(ReadOnlySpan<byte> name) => OptionalText(claims, name);

    public long Time(ReadOnlySpan<byte> name)
    {
        var time = OptionalTime(name);
        isBroken |= time is null;
        return time ?? 0;
    }

    public long? OptionalTime(ReadOnlySpan<byte> name) => OptionalTime(claims, name);

    public int Number(ReadOnlySpan<byte> name)
    {
        if (
            claims.TryFind(name, out var claim)
            && claim.TryReadInteger(out var value)
            && value is >= 0 and <= int.MaxValue
        )
        {
            return (int)value;
        }

        isBroken = true;
        return 0;
    }

    public TokenConfirmation Confirmation()
    {
        if (Nested(claims, "cnf"u8) is not { } cnf)
        {
            return default;
        }

        var confirmation = new TokenConfirmation
        {
            KeyThumbprint = OptionalText(cnf, "jkt"u8),
            CertificateThumbprint = OptionalText(cnf, "x5t#S256"u8),
        };
        // An unknown binding must not be treated as no binding.
        isBroken |= confirmation.IsNone;
        return confirmation;
    }

    public TokenActor? Actor() => Actor(claims, depth: 1);

    public TokenMayAct? MayAct() =>
        Nested(claims, "may_act"u8) is { } party
            ? new TokenMayAct(OptionalText(party, "iss"u8), OptionalText(party, "sub"u8))
            : null;

    public TokenSource? Source()
    {
        if (Nested(claims, "src"u8) is not { } src)
        {
            return null;
        }

        return new TokenSource
        {
            IssuerId = Broken(OptionalText(src, "iss"u8)) ?? "",
            SubjectHash = Broken(OptionalText(src, "sub"u8)) ?? "",
            TokenIdHash = OptionalText(src, "jti"u8),
            RootExpiresAt = Broken(OptionalTime(src, "root_exp"u8)) ?? 0,
        };
    }

    private TokenActor? Actor(ClaimSet around, int depth)
    {
        if (Nested(around, "act"u8) is not { } act)
        {
            return null;
        }

        isBroken |= depth > JoseLimits.MaxActors;
        return isBroken
            ? null
            : new TokenActor(
                Broken(OptionalText(act, "sub"u8)) ?? "",
                OptionalText(act, "iss"u8),
                Actor(act, depth + 1)
            );
    }

    private string? OptionalText(ClaimSet from, ReadOnlySpan<byte> name) =>
        from.TryFind(name, out var claim) ? Broken(claim.ReadString()) : null;

    private long? OptionalTime(ClaimSet from, ReadOnlySpan<byte> name)
    {
        if (!from.TryFind(name, out var claim))
        {
            return null;
        }

        isBroken |= !claim.TryReadNumericDate(out var seconds);
        return seconds;
    }

    private ClaimSet? Nested(ClaimSet from, ReadOnlySpan<byte> name) =>
        from.TryFind(name, out _) ? Broken(from.FindObject(name)) : null;

    private T Broken<T>(T value)
    {
        isBroken |= value is null;
        return value;
    }
}
