using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Http;

internal static class RequestActors
{
    extension(AuditActor)
    {
        public static AuditActor From(ApiRequest request) =>
            new()
            {
                Type = request.Caller.Kind switch
                {
                    CallerKind.AdminKey => "admin_api_key",
                    CallerKind.TunnelToken => "tunnel_token",
                    CallerKind.RelyingParty => "relying_party",
                    CallerKind.Person => "person",
                    _ => "federated",
                },
                Id = request.Caller.ActorId,
                Subject = request.Caller.Subject,
                Issuer = request.Caller.IssuerId,
                IpAddress = request.Source.ToString(),
                UserAgent = AuditActor.Bounded(request.UserAgent),
            };

        public static AuditActor From(MachinePeer peer, ApiRequest request) =>
            new()
            {
                Type = peer.Role == MachineRole.Agent ? "agent" : "edge",
                Id = peer.SpiffeId,
                IpAddress = request.Source.ToString(),
                UserAgent = AuditActor.Bounded(request.UserAgent),
            };
    }
}
