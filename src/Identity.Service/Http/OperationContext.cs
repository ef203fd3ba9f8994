using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// What the work below an endpoint knows of a request: who calls, and what its decisions are audited with. An endpoint
/// passes its request where one is expected.
/// </summary>
internal sealed record OperationContext(Caller Caller, AuditCause Cause)
{
    public static implicit operator OperationContext(ApiRequest request) => new(request.Caller, request.Cause);

    public AuditOrigin OriginAt(DateTimeOffset at) => new(at, Cause);
}
