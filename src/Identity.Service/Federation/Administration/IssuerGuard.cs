using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>
/// Checks a change to an issuer against its rules. A caller that sets an issuer's keys can mint any token of it, so no
/// caller may do so where rules grant more than the caller's own rights (S2).
/// </summary>
internal sealed class IssuerGuard(FederationDirectory directory, RuleLinter linter, FederationChangeLog log)
{
    /// <param name="updated">The new record; the same as before where only its keys are accepted again.</param>
    /// <returns>
    /// The refusal, or null and conditions for the commit, which fails if a rule was added after this check.
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
            [log.RequireRulesUnchanged(seen.Sequence)]
        );
    }

    // An issuer that becomes a shared platform must not keep rules that admit all its customers.
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
