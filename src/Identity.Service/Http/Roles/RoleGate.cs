using System.Collections.Frozen;

namespace Culvert.Identity.Service.Http.Roles;

internal static class RoleGate
{
    private static readonly FrozenSet<string> ScopesOfOrganization = FrozenSet.ToFrozenSet(
        [Scopes.ManageTunnels, Scopes.OrganizationAdmin],
        StringComparer.Ordinal
    );

    /// <summary>
    /// The caller with the operation's scope, for this call only; null = not allowed. A role grants no scope above the
    /// organization.
    /// </summary>
    public static Caller? Admit(Caller caller, Operation operation)
    {
        if (operation.Access.RequiredScope is { } required && caller.Has(required))
        {
            return caller;
        }

        var scope = operation.Access.RequiredScope ?? Scopes.OrganizationAdmin;
        if (ScopesOfOrganization.Contains(scope) && May(caller.Roles, operation))
        {
            return caller with { Scopes = FrozenSet.Create(StringComparer.Ordinal, scope) };
        }

        // If any credential is accepted, the handler decides by its scopes; a role alone has none.
        var isForAny = operation.Access.Kind == AccessKind.AnyCredential;
        return isForAny && (caller.Roles.Count == 0 || caller.Scopes.Count > 0) ? caller : null;
    }

    /// <summary>Whether one of these roles allows the operation; unknown roles allow none.</summary>
    public static bool May(IReadOnlyList<string> roles, Operation operation) =>
        operation.Roles.Any(role => roles.Contains(role.Name, StringComparer.Ordinal));
}
