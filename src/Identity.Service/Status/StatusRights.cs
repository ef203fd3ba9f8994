using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Status;

/// <summary>
/// Decides which parts of the status a caller sees: those that it may read with the operation that lists the same objects.
/// </summary>
internal static class StatusRights
{
    /// <param name="caller">
    /// The caller as authorized for the status: if it has a role, that gives it this operation's scope only.
    /// </param>
    public static bool MayRead(Caller caller, Operation operation) =>
        caller.Roles.Count > 0
            ? RoleGate.May(caller.Roles, operation)
            : operation.Access.RequiredScope is { } scope && caller.Has(scope);

    /// <summary>Access to installation-wide checks: no organization role grants it.</summary>
    public static bool MayOperate(Caller caller) => caller.Has(Scopes.InstallationOperate);
}
