using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// What an issuer's rules demand of a change to it. Whoever sets an issuer's keys can mint any token of it: nobody
/// must do so where rules grant more than they hold (S2).
/// </summary>
internal sealed class IssuerGuard(FederationDirectory directory, RuleLinter linter)
{
    /// <summary>An issuer that becomes a shared platform must not leave rules behind that admit all its customers.</summary>
    public async ValueTask<Refusal?> CheckRulesAsync(
        Issuer before,
        Issuer updated,
        CancellationToken cancellationToken
    ) =>
        (before.Url, before.Preset, before.Tenancy) == (updated.Url, updated.Preset, updated.Tenancy)
            ? null
            : await directory.TryRefreshAsync(cancellationToken)
                ?? directory
                    .Current.VersionsOf(updated.Id)
                    .Select(rule => linter.Check(rule, updated)?.With("federation_rule_id", rule.Id.Value))
                    .FirstOrDefault(refusal => refusal is not null);

    public async ValueTask<Refusal?> CheckCallerAsync(
        Caller caller,
        Issuer issuer,
        CancellationToken cancellationToken
    ) =>
        await directory.TryRefreshAsync(cancellationToken)
        ?? (
            GrantRights.Lacking(caller, directory.Current.VersionsOf(issuer.Id).SelectMany(rule => rule.Scopes))
                is { } fault
                ? FederationErrors.ScopeNotGrantable.Refuse(
                    $"Rules of this issuer grant more than the caller may: {fault}"
                )
                : null
        );
}
