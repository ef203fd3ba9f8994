using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>
/// S1, S2: no caller grants what it lacks. Checked for every scope of a rule that a caller writes, and for every rule
/// of an issuer that a caller changes: a caller that sets an issuer's keys can act as any of its workloads.
/// </summary>
internal static class GrantRights
{
    /// <summary>The sentence that names what the caller may not grant; null if it may grant all of these.</summary>
    public static string? Lacking(Caller caller, IEnumerable<string> scopes) =>
        scopes.Select(scope => Lacking(caller, scope)).FirstOrDefault(error => error is not null);

    /// <summary>As <see cref="Lacking(Caller, IEnumerable{string})"/>, for scopes of routes.</summary>
    public static string? LackingForRoutes(Caller caller, IReadOnlyList<string> scopes) =>
        scopes.Count == 0 || caller.Kind is CallerKind.AdminKey or CallerKind.Person
            ? null
            : "A federated caller may not grant scopes of routes.";

    private static string? Lacking(Caller caller, string scope)
    {
        if (scope == Scopes.InstallationOperate)
        {
            return "installation:operate is never granted by a rule.";
        }

        if (caller.Kind is CallerKind.AdminKey or CallerKind.Person)
        {
            return scope is Scopes.EdgeServe or Scopes.OrganizationAdmin && !caller.Has(Scopes.InstallationOperate)
                ? $"Granting {scope} needs installation:operate."
                : null;
        }

        // Only people may grant tunnels, administration and provisioning: a workload with that right could use one stolen token to
        // keep its access permanently.
        return
            scope
                is Scopes.OrganizationAdmin
                    or Scopes.ManageTunnels
                    or Scopes.TunnelAgent
                    or Scopes.EdgeServe
                    or Scopes.CertificateIssue
                    or Scopes.Scim
            || !caller.Scopes.Contains(scope)
            ? $"A federated caller may not grant {scope}."
            : null;
    }
}
