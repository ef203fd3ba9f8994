using System.Text;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>What a hint may read: a denial with its traced evaluation.</summary>
internal sealed record HintFacts(AssertionContext Context, Denial Denial)
{
    public AssertionTrace Trace => Context.Trace!;

    public DenialReason Reason => Denial.Reason;

    public long Now => Context.Now.ToUnixTimeSeconds();

    /// <summary>Null if the token could not be parsed.</summary>
    public ClaimSet? Claims => Context.Claims;

    public bool FailedInRule => Trace.FailedConditions.Any();

    public DateTimeOffset? KeysFetchedAt => Context.Rule.Keys.PollStatus()?.LastFetchedAt;

    /// <summary>A string claim, bounded; null if it is absent or not a string.</summary>
    public string? Text(string claim) =>
        Claims?.FindString(Encoding.UTF8.GetBytes(claim)) is { } text ? UntrustedText.Bounded(text) : null;

    public long? Seconds(string claim) =>
        Claims is { } claims
        && claims.TryFind(Encoding.UTF8.GetBytes(claim), out var found)
        && found.TryReadNumericDate(out var seconds)
            ? seconds
            : null;
}
