using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed class RelyingPartyRegistry(
    RelyingPartyStore parties,
    TunnelAuthorityStore authorities,
    IActivationGate gate,
    PersonIdentification persons,
    IJournal journal,
    Current<CertificateOptions> options,
    TimeProvider time
)
{
    public const int MaxPerTunnel = 64;

    /// <summary>Returns the record and its credential, which is shown only once.</summary>
    public async ValueTask<Result<(RelyingParty Party, string Credential)>> CreateAsync(
        OperationContext context,
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
            CreatedBy = context.Caller.ActorId,
            CreatedAt = time.GetStoreNow(),
        };
        var credential = RelyingPartySecret.New();
        var result = await journal.CommitAsync(
            CreateDecision(
                context,
                AuditEvents.RelyingPartyCreated,
                party,
                reason: null,
                parties.Insert(party, Credentials.Hash(credential), MaxPerTunnel)
            ),
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refusal ? refusal : (party, credential);
    }

    /// <summary>Idempotent. Afterwards no switch waits for it, and its credential is invalid.</summary>
    public async ValueTask<Result<RelyingParty>> ArchiveAsync(
        OperationContext context,
        RelyingParty party,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (party.ArchivedAt is null)
        {
            if (await FindBlockedSwitchAsync(context, party, cancellationToken) is { } blocked)
            {
                return blocked;
            }

            var result = await journal.CommitAsync(
                CreateDecision(
                    context,
                    AuditEvents.RelyingPartyArchived,
                    party,
                    reason,
                    [RelyingPartyStore.Archive(party.Id, time.GetStoreNow())]
                ),
                cancellationToken
            );
            if (!result.IsStale && result.RefusalUnlessCommitted() is { } refusal)
            {
                return refusal;
            }
        }

        return await parties.FindAsync(party.Id.Value, cancellationToken) is { } archived
            ? archived
            : RequestErrors.NotFound.Refuse();
    }

    // Archiving lets a switch continue without the party: if one waits for it, two administrators are needed (S16).
    private async ValueTask<Refusal?> FindBlockedSwitchAsync(
        OperationContext context,
        RelyingParty party,
        CancellationToken cancellationToken
    )
    {
        if (options.Value.SingleApproval)
        {
            return null;
        }

        var id = party.Id.Value;
        foreach (
            var staged in (await authorities.ListOfTunnelAsync(party.TunnelId, cancellationToken)).Where(authority =>
                authority is { State: AuthorityState.Staged, HoldsKey: true }
            )
        )
        {
            if ((await gate.BlockersAsync(staged, cancellationToken)).All(blocker => blocker.Id != id))
            {
                continue;
            }

            if (staged.Override is not { } taken || !taken.Missing.Contains(id))
            {
                return RelyingPartyErrors.Awaited.Refuse().With("override", DescribeOverride(staged, id));
            }

            var person = await persons.OfAsync(context.Caller, cancellationToken);
            var alone =
                PersonIdentification.CheckIsPerson(context.Caller)
                ?? PersonIdentification.CheckAreTwo(taken.Person, person, AuthorityErrors.TwoPerson);
            if (alone is not null)
            {
                return alone;
            }
        }

        return null;
    }

    private static string DescribeOverride(TunnelAuthority staged, string party) =>
        $"culvert ca override {staged.Id.Value} --missing {party} --reason TEXT";

    private Decision CreateDecision(
        OperationContext context,
        string eventName,
        RelyingParty party,
        string? reason,
        IReadOnlyList<Statement> statements
    ) =>
        new()
        {
            Event = RelyingPartyEvents.Changed(eventName, context.OriginAt(time.GetUtcNow()), party, reason),
            Statements = statements,
        };
}
