using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Jose.Refusals;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A validated <see cref="KillRequest"/>.</summary>
internal sealed record KillOrder
{
    private const int MaxReasonLength = 512;

    private KillOrder(KillKind kind, string value, string reason)
    {
        Kind = kind;
        Value = value;
        Reason = reason;
    }

    /// <summary><see cref="KillKind.Kid"/>, <see cref="KillKind.KeySet"/> or <see cref="KillKind.Issuer"/>.</summary>
    public KillKind Kind { get; }

    /// <summary>The kid; otherwise empty.</summary>
    public string Value { get; }

    public string Reason { get; }

    /// <summary>Shared by the lines of this order; at most one order of a cause exists.</summary>
    public string Cause => Kind == KillKind.Kid ? $"kid:{Value}" : WireNames.Get(Kind);

    public static Result<KillOrder> Read(KillRequest request)
    {
        if (request.Reason is not { Length: >= 1 and <= MaxReasonLength } reason || reason.Any(char.IsControl))
        {
            return RequestErrors.Invalid.Refuse("reason: 1 to 512 characters are required, no control characters.");
        }

        if (request.KeySet == false || request.Issuer == false)
        {
            return RequestErrors.Invalid.Refuse("key_set, issuer: only true is accepted.");
        }

        return (request.Kid, request.KeySet, request.Issuer) switch
        {
            ({ Length: >= 1 and <= JoseLimits.MaxKeyIdLength } kid, null, null) => new KillOrder(
                KillKind.Kid,
                kid,
                reason
            ),
            (null, true, null) => new KillOrder(KillKind.KeySet, "", reason),
            (null, null, true) => new KillOrder(KillKind.Issuer, "", reason),
            _ => RequestErrors.Invalid.Refuse(
                "exactly one of kid (1 to 256 characters), key_set and issuer is required."
            ),
        };
    }
}
