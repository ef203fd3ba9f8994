using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Console.Access;

internal sealed record ConsolePrincipal(ConsoleSession Session, Caller Caller)
{
    /// <summary>The person that the session's admin key names; null = none, or no key.</summary>
    public KeyOwner? KeyOwner { get; init; }

    public string RoleText =>
        Session.AdminKeyId is null ? string.Join(", ", Session.Roles)
        : KeyOwner is { } owner ? $"admin key of {owner.Subject}"
        : "admin key";

    /// <summary>
    /// The caller of one operation, with only the rights that it requires; null = not allowed, or not an operation of the
    /// console.
    /// </summary>
    public Caller? CallerFor(Operation operation) => operation.IsOfConsole ? RoleGate.Admit(Caller, operation) : null;
}
