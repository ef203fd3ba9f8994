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
    public Refusal? CheckRules(Issuer before, Issuer updated) =>
        (before.Url, before.Preset, before.Tenancy) == (updated.Url, updated.Preset, updated.Tenancy)
            ? null
            : directory
                .Current.VersionsOf(updated.Id)
                .Select(rule => linter.Check(rule, updated)?.With("federation_rule_id", rule.Id.Value))
                .FirstOrDefault(refusal => refusal is not null);

    public Refusal? CheckCaller(Caller caller, Issuer issuer) =>
        GrantRights.Lacking(caller, directory.Current.VersionsOf(issuer.Id).SelectMany(rule => rule.Scopes))
            is { } fault
            ? FederationErrors.ScopeNotGrantable.Refuse($"Rules of this issuer grant more than the caller may: {fault}")
            : null;
}
