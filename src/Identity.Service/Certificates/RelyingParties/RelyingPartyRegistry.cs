using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>Registers and archives relying parties.</summary>
internal sealed class RelyingPartyRegistry(IRelyingPartyStore parties, IJournal journal, TimeProvider time)
{
    public const int MaxPerTunnel = 64;

    /// <summary>The record and its credential, which nobody sees again.</summary>
    public async ValueTask<(RelyingParty? Party, string? Credential, Refusal? Refusal)> CreateAsync(
        ApiRequest request,
        Tunnel tunnel,
        CreateRelyingPartyRequest wanted,
        CancellationToken cancellationToken
    )
    {
        var party = new RelyingParty
        {
            Id = RelyingPartyId.New(),
            OrganizationId = tunnel.OrganizationId,
            WorkspaceId = tunnel.WorkspaceId,
            TunnelId = tunnel.Id,
            Name = wanted.Name,
            ServiceAccountId = wanted.ServiceAccountId,
            CreatedBy = request.Caller.ActorId,
            CreatedAt = time.GetStoreNow(),
        };
        var credential = RelyingPartySecret.New();
        var result = await journal.CommitAsync(
            DecisionOf(
                request,
                AuditEvents.RelyingPartyCreated,
                party,
                reason: null,
                parties.Insert(party, Authenticator.HashOf(credential), MaxPerTunnel)
            ),
            cancellationToken
        );
        return result.Conflict switch
        {
            RelyingPartyConflict.TunnelArchived => (null, null, TunnelErrors.Archived.Refuse()),
            RelyingPartyConflict.NameTaken => (null, null, RelyingPartyErrors.NameTaken.Refuse()),
            RelyingPartyConflict.LimitReached => (null, null, RelyingPartyErrors.Limit.Refuse()),
            _ => result.RefusalIfUnavailable() is { } refusal ? (null, null, refusal) : (party, credential, null),
        };
    }

    /// <summary>Idempotent. No switch waits for it any more, and its credential is worth nothing.</summary>
    public async ValueTask<(RelyingParty? Party, Refusal? Refusal)> ArchiveAsync(
        ApiRequest request,
        RelyingParty party,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (party.ArchivedAt is null)
        {
            var result = await journal.CommitAsync(
                DecisionOf(
                    request,
                    AuditEvents.RelyingPartyArchived,
                    party,
                    reason,
                    [parties.Archive(party.Id, time.GetStoreNow())]
                ),
                cancellationToken
            );
            if (result.Conflict is not RelyingPartyConflict.Stale && result.RefusalIfUnavailable() is { } refusal)
            {
                return (null, refusal);
            }
        }

        return (await parties.FindAsync(party.Id.Value, cancellationToken), null);
    }

    private Decision DecisionOf(
        ApiRequest request,
        string eventName,
        RelyingParty party,
        string? reason,
        IReadOnlyList<Statement> statements
    ) =>
        new()
        {
            Event = new RelyingPartyAudited(eventName, party, reason)
            {
                At = time.GetUtcNow(),
                Actor = AuditActor.Of(request),
                OrganizationId = party.OrganizationId,
                RequestId = request.RequestId,
                Resources =
                [
                    new AuditResource("tunnel", party.TunnelId.Value),
                    new AuditResource("relying_party", party.Id.Value),
                ],
            },
            Statements = statements,
        };
}
