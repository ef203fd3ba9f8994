using System.Collections.Frozen;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console.Access;

/// <summary>Who is signed in, and what that person may do.</summary>
/// <param name="Session">The session.</param>
/// <param name="Caller">As the API sees the person. Scopes only of admin keys: roles give theirs call by call.</param>
internal sealed record ConsolePrincipal(ConsoleSession Session, Caller Caller)
{
    private static readonly FrozenSet<string> InOrganization = FrozenSet.ToFrozenSet(
        [Scopes.ManageTunnels, Scopes.OrganizationAdmin],
        StringComparer.Ordinal
    );

    /// <summary>As shown next to the name.</summary>
    public string Standing => Session.AdminKeyId is null ? string.Join(", ", Session.Roles) : "admin key";

    public bool May(ApiOperation operation) => CallerFor(operation) is not null;

    /// <summary>
    /// The caller of one operation, with the rights that it takes and no others; null = this person may not. Scopes above
    /// the organization come from no role.
    /// </summary>
    public Caller? CallerFor(ApiOperation operation)
    {
        if (!ConsoleRights.IsCalled(operation.Name))
        {
            return null;
        }

        var scope = operation.Access.RequiredScope ?? Scopes.OrganizationAdmin;
        if (Session.AdminKeyId is not null)
        {
            return Caller.Has(scope) ? Caller : null;
        }

        return ConsoleRights.May(Session.Roles, operation.Name) && InOrganization.Contains(scope)
            ? Caller with
            {
                Scopes = FrozenSet.Create(StringComparer.Ordinal, scope),
            }
            : null;
    }
}
