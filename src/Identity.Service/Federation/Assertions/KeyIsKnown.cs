using Culvert.Identity.Service.Ids;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The header names one of the issuer's current keys. The only check that may wait for the network.</summary>
internal sealed class KeyIsKnown : IAssertionCheck
{
    public string Step => AssertionSteps.KeyLookup;

    public ValueTask<Denial?> CheckAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var keyId = context.Token.KeyId;
        if (keyId is null && !context.Rule.Issuer.AllowMissingKid)
        {
            return new(new Denial(DenialReason.KidMissing));
        }

        if (context.KeyAnswer is { } answered)
        {
            return new(Decide(context, keyId, answered));
        }

        var lookup = context.Rule.Keys.FindAsync(keyId, context.Token.Algorithm, cancellationToken);
        return lookup.IsCompletedSuccessfully
            ? new(Decide(context, keyId, lookup.Result))
            : DecideAsync(context, keyId, lookup);
    }

    public void Describe(AssertionContext context, TraceStep step)
    {
        context.Trace!.KeyState = WireNames.Get(context.Rule.Keys.State);
        if (context.Token.KeyId is { } keyId)
        {
            var bounded = UntrustedText.Bounded(keyId);
            context.Trace.KeyId = bounded;
            step.Kid = bounded;
        }
    }

    private static async ValueTask<Denial?> DecideAsync(
        AssertionContext context,
        string? keyId,
        ValueTask<KeyLookup> lookup
    ) => Decide(context, keyId, await lookup);

    private static Denial? Decide(AssertionContext context, string? keyId, KeyLookup lookup)
    {
        context.KeyAnswer = lookup;
        if (lookup.Key is { } key)
        {
            context.Key = key;
            return null;
        }

        return lookup.Outcome switch
        {
            KeyLookupOutcome.Killed => new Denial(DenialReason.KeyRevoked, Bounded(keyId)),
            // The issuer has several keys, or none: a token without kid is not tried on all of them.
            KeyLookupOutcome.Unknown when keyId is null => new Denial(DenialReason.KidMissing),
            KeyLookupOutcome.Unknown => new Denial(DenialReason.KidUnknown, Describe(keyId, lookup)),
            _ => new Denial(
                DenialReason.KeysUnavailable,
                lookup.Outcome == KeyLookupOutcome.Unproven ? "degraded" : null
            ),
        };
    }

    // The name alone makes an operator search for a key that is published.
    private static string? Describe(string? keyId, KeyLookup lookup) =>
        lookup.Refusal == JoseRefusal.KeyUnknown
            ? Bounded(keyId)
            : $"{Bounded(keyId)} (key left out: {lookup.Refusal})";

    private static string? Bounded(string? keyId) => keyId is null ? null : UntrustedText.Bounded(keyId);
}
