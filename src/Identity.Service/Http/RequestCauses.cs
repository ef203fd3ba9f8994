using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Http;

internal static class RequestCauses
{
    extension(AuditCause)
    {
        public static AuditCause From(MachinePeer peer, ApiRequest request) =>
            new(AuditActor.From(peer, request), request.RequestId);
    }

    extension(AuditOrigin)
    {
        public static AuditOrigin From(ApiRequest request, DateTimeOffset at) => new(at, request.Cause);

        public static AuditOrigin From(MachinePeer peer, ApiRequest request, DateTimeOffset at) =>
            new(at, AuditCause.From(peer, request));
    }
}
