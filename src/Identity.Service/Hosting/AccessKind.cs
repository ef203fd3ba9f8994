namespace Culvert.Identity.Service.Hosting;

internal enum AccessKind
{
    Anonymous,
    AnyCredential,
    Scope,
    Machine,
}
