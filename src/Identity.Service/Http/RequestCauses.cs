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
}
