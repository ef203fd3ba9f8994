using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.History;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>
/// Evaluates the verified claims of the last days against a rule as it is and as it would be. Claims of all rules of
/// the issuer count, because an edit that widens a rule admits workloads that another rule was meant for.
/// </summary>
internal sealed class PolicyReplay(
    AssertionEvaluator evaluator,
    IAuthenticationHistory history,
    FederationDirectory directory,
    TimeProvider time
)
{
    public const int DefaultDays = 7;
    public const int MaxDays = 90;

    /// <summary>The most exchanges that one replay reads; some seconds of work.</summary>
    public const int MaxEvents = 50_000;

    /// <summary>The most identities in one report; a caller that invents subjects must not fill the memory.</summary>
    public const int MaxIdentities = 5_000;

    /// <summary>Costly conditions end a replay early instead of blocking a shared node; the report shows it.</summary>
    private static readonly TimeSpan MaxWork = TimeSpan.FromSeconds(10);

    /// <param name="edited">The version that would be saved, compiled as if it decided.</param>
    public async ValueTask<PolicyReplayReport> RunAsync(
        CompiledRule edited,
        int days,
        CancellationToken cancellationToken
    )
    {
        var since = time.GetUtcNow() - TimeSpan.FromDays(days);
        // The version that decides today; a version that is not in force admits no workload.
        var present = directory.Current.FindRule(edited.Rule.Id.Value);
        var identities = new Dictionary<(string Subject, bool Before, bool After), ReplayedIdentity>();
        var started = time.GetTimestamp();
        var events = 0;
        DateTimeOffset? oldest = null;
        var isCut = false;
        var isTruncated = await history.VisitProvenAsync(
            edited.Rule.OrganizationId,
            edited.Issuer.Id.Value,
            since,
            MaxEvents,
            VisitAsync,
            cancellationToken
        );

        async ValueTask<bool> VisitAsync(ProvenClaims one)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(started) > MaxWork)
            {
                isCut = true;
                return false;
            }

            if (ClaimSet.TryParse(one.ClaimsJson, out var claims) == JoseRefusal.None)
            {
                var before = present is null
                    ? new Denial(DenialReason.RuleNotFound)
                    : await EvaluateAsync(claims!, present, one.At, cancellationToken);
                var after = await EvaluateAsync(claims!, edited, one.At, cancellationToken);
                var key = (one.Subject ?? "", before is null, after is null);
                if (identities.TryGetValue(key, out var seen))
                {
                    identities[key] = seen with { Events = seen.Events + 1 };
                }
                else if (identities.Count >= MaxIdentities)
                {
                    isCut = true;
                    return false;
                }
                else
                {
                    var (denying, denial) = after is null ? (present, before) : (edited, after);
                    identities[key] = await FirstAsync(claims!, one, denying, denial, cancellationToken);
                }
            }

            events++;
            oldest = one.At;
            return true;
        }

        return new PolicyReplayReport
        {
            Since = since,
            Events = events,
            IsTruncated = isTruncated || isCut,
            Oldest = oldest,
            StillAllowed = identities.Keys.Count(key => key is { Before: true, After: true }),
            StillDenied = identities.Keys.Count(key => key is { Before: false, After: false }),
            NewlyAllowed = Of(before: false, after: true),
            NewlyDenied = Of(before: true, after: false),
        };

        IReadOnlyList<ReplayedIdentity> Of(bool before, bool after) =>
            [
                .. identities
                    .Where(entry => entry.Key.Before == before && entry.Key.After == after)
                    .Select(entry => entry.Value)
                    .OrderByDescending(identity => identity.Events)
                    .ThenBy(identity => identity.Subject, StringComparer.Ordinal),
            ];
    }

    // An edit of conditions does not depend on the requested workspace, so the workspace is ignored.
    private async ValueTask<Denial?> EvaluateAsync(
        ClaimSet claims,
        CompiledRule rule,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var denial = await evaluator.EvaluateAsync(AssertionContext.OfClaims(claims, rule, at), cancellationToken);
        return denial?.Reason.IsAboutTheGrant() == true ? null : denial;
    }

    // Rows come newest first, so the first row of an identity is its newest.
    private async ValueTask<ReplayedIdentity> FirstAsync(
        ClaimSet claims,
        ProvenClaims recorded,
        CompiledRule? denying,
        Denial? denial,
        CancellationToken cancellationToken
    )
    {
        string? text = null;
        if (denial is not null && denying is not null)
        {
            var trace = new AssertionTrace();
            await evaluator.EvaluateAsync(
                AssertionContext.OfClaims(claims, denying, recorded.At, trace: trace),
                cancellationToken
            );
            text = NearestMissText.Describe([.. trace.FailedConditions]);
        }

        return new ReplayedIdentity(
            recorded.Subject ?? "",
            1,
            recorded.At,
            recorded.RequestId,
            denial?.Reason.Name() ?? "",
            text
        );
    }
}
