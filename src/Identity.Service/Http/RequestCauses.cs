using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Http;

internal static class RequestCauses
{
    extension(AuditCause)
    {
        public static AuditCause Of(ApiRequest request) => new(AuditActor.Of(request), request.RequestId);

        public static AuditCause Of(MachinePeer peer, ApiRequest request) =>
            new(AuditActor.Of(peer, request), request.RequestId);
    }

    extension(AuditOrigin)
    {
        public static AuditOrigin Of(ApiRequest request, DateTimeOffset at) => new(at, AuditCause.Of(request));

        public static AuditOrigin Of(MachinePeer peer, ApiRequest request, DateTimeOffset at) =>
            new(at, AuditCause.Of(peer, request));
    }
}
