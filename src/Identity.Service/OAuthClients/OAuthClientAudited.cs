using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>A client was registered, updated or archived: its state afterwards.</summary>
/// <param name="Reason">Why it was archived; null if not given.</param>
internal sealed record OAuthClientAudited(
    string Name,
    AuditOrigin Origin,
    RegisteredClient Client,
    string? Reason = null
)
    : AuditEvent(
        Name,
        Origin,
        Client.OrganizationId,
        [new("oauth_client", Client.Id.Value)],
        [
            ("oauth_client_id", Client.Id.Value),
            ("name", Client.Name),
            ("redirect_uris", Client.RedirectUris),
            ("require_dpop", Client.RequiresDpop),
            ("version", Client.Version),
            .. AuditData.Optional("reason", Reason),
            ("registered_by", WireNames.Get(Client.RegisteredBy)),
        ]
    );
