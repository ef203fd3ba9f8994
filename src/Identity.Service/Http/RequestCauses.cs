using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Http;

/// <summary>The cause of an event that a request led to.</summary>
internal static class RequestCauses
{
    extension(AuditCause)
    {
        public static AuditCause Of(ApiRequest request) => new(AuditActor.Of(request), request.RequestId);

        /// <summary>A machine, identified by its certificate.</summary>
        public static AuditCause Of(MachinePeer peer, ApiRequest request) =>
            new(AuditActor.Of(peer, request), request.RequestId);
    }
}
