namespace Culvert.Identity.Service.Http;

internal enum AccessKind
{
    Anonymous,
    AnyCredential,
    Scope,
    Machine,
}
