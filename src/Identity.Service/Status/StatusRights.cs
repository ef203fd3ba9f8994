using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Status;

/// <summary>What of the status a caller sees: what it could read with the operation that lists it.</summary>
internal static class StatusRights
{
    /// <param name="caller">As the status admitted it: a role has given it the scope of this one call.</param>
    /// <param name="operation">The operation that lists the same objects.</param>
    /// <param name="scope">The scope that this operation requires of a caller without a role.</param>
    public static bool MayRead(Caller caller, string operation, string scope) =>
        caller.Roles.Count > 0 ? RoleGate.May(caller.Roles, operation) : caller.Has(scope);

    /// <summary>What belongs to the installation: no role of an organization gives it.</summary>
    public static bool MayOperate(Caller caller) => caller.Has(Scopes.InstallationOperate);
}
