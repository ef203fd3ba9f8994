using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// What an issuer's rules demand of a change to it. A caller that sets an issuer's keys can mint any token of it: no
/// caller may do so where rules grant more than the caller holds (S2).
/// </summary>
internal sealed class IssuerGuard(FederationDirectory directory, RuleLinter linter, IssuerStore issuers)
{
    /// <param name="caller">Who changes it.</param>
    /// <param name="before">The issuer as it is.</param>
    /// <param name="updated">As it is to be; the same where its keys alone are believed again.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>
    /// The refusal, or null and what must hold at the commit: a rule that came after this look would not have been asked.
    /// </returns>
    public async ValueTask<(Refusal? Refusal, IReadOnlyList<Statement> Conditions)> CheckAsync(
        Caller caller,
        Issuer before,
        Issuer updated,
        CancellationToken cancellationToken
    )
    {
        if (await directory.TryRefreshAsync(cancellationToken) is { } unavailable)
        {
            return (unavailable, []);
        }

        var seen = directory.Current;
        return (
            CheckRules(seen, before, updated) ?? CheckCaller(seen, caller, updated),
            [issuers.RequireRulesUnchanged(seen.Sequence)]
        );
    }

    // An issuer that becomes a shared platform must not leave rules behind that admit all its customers.
    private Refusal? CheckRules(FederationSnapshot seen, Issuer before, Issuer updated) =>
        (before.Url, before.Preset, before.Tenancy) == (updated.Url, updated.Preset, updated.Tenancy)
            ? null
            : seen.FindVersions(updated.Id)
                .Select(rule => linter.Check(rule, updated)?.With("federation_rule_id", rule.Id.Value))
                .FirstOrDefault(refusal => refusal is not null);

    private static Refusal? CheckCaller(FederationSnapshot seen, Caller caller, Issuer issuer) =>
        GrantRights.Lacking(caller, seen.FindVersions(issuer.Id).SelectMany(rule => rule.Scopes)) is { } error
            ? FederationErrors.ScopeNotGrantable.Refuse($"Rules of this issuer grant more than the caller may: {error}")
            : null;
}
