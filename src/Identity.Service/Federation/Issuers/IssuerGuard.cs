using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// What an issuer's rules demand of a change to it. Whoever sets an issuer's keys can mint any token of it: nobody
/// must do so where rules grant more than they hold (S2).
/// </summary>
internal sealed class IssuerGuard(FederationDirectory directory)
{
    /// <summary>An issuer that becomes a shared platform must not leave rules behind that admit all its customers.</summary>
    public Refusal? CheckRules(Issuer updated) =>
        directory
            .Current.VersionsOf(updated.Id)
            .Select(rule => Rules.SharedIssuers.CheckTenantPin(updated.Url, rule.Match))
            .FirstOrDefault(refusal => refusal is not null);

    public Refusal? CheckCaller(Caller caller, Issuer issuer) =>
        directory.Current.VersionsOf(issuer.Id).All(rule => rule.Scopes.All(scope => Holds(caller, scope)))
            ? null
            : FederationErrors.ScopeNotGrantable.Refuse(
                "Nobody may change an issuer whose rules grant more than the caller holds."
            );

    private static bool Holds(Caller caller, string scope) =>
        (caller.Kind, scope) switch
        {
            (CallerKind.AdminKey, Scopes.EdgeServe or Scopes.OrganizationAdmin) => caller.Has(
                Scopes.InstallationOperate
            ),
            (CallerKind.AdminKey, _) => true,
            _ => caller.Scopes.Contains(scope),
        };
}
