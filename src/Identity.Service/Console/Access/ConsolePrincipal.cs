using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Console.Access;

/// <summary>Who is signed in, and what that person may do.</summary>
/// <param name="Session">The session.</param>
/// <param name="Caller">As the API sees the person.</param>
internal sealed record ConsolePrincipal(ConsoleSession Session, Caller Caller)
{
    /// <summary>The person whom the session's admin key names; null = it names no person, or there is no key.</summary>
    public KeyOwner? KeyOwner { get; init; }

    /// <summary>As shown next to the name.</summary>
    public string Standing =>
        Session.AdminKeyId is null ? string.Join(", ", Session.Roles)
        : KeyOwner is { } owner ? $"admin key of {owner.Subject}"
        : "admin key";

    public bool May(ApiOperation operation) => CallerFor(operation) is not null;

    /// <summary>
    /// The caller of one operation, with the rights that it takes and no others; null = this person may not, or the console
    /// does not call it.
    /// </summary>
    public Caller? CallerFor(ApiOperation operation) =>
        RoleRights.IsOfConsole(operation.Name) ? RoleGate.Admit(Caller, operation) : null;
}
