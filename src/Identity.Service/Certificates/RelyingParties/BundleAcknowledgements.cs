using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>Records acknowledgements from relying parties, and from administrators for parties that cannot call.</summary>
internal sealed class BundleAcknowledgements(BundleHolderStore holders, IJournal journal, TimeProvider time)
{
    /// <summary>Idempotent: a repeated epoch gets the same answer and is not recorded again.</summary>
    public async ValueTask<ApiAnswer> AcknowledgeAsync(
        AuditCause cause,
        Tunnel tunnel,
        RelyingParty party,
        long epoch,
        bool isByPerson,
        CancellationToken cancellationToken
    )
    {
        var kind = HolderKind.RelyingParty;
        var known = await holders.FindAsync(tunnel.Id, kind, party.Id.Value, cancellationToken);
        if (isByPerson && SpeaksForItself(party, known))
        {
            return BundleErrors.OwnWord.Refuse(
                "The relying party itself must acknowledge what it holds. To continue without it: "
                    + $"culvert ca override ID --missing {party.Id.Value} --reason TEXT."
            );
        }

        // An administrator has checked the other side: it may have any existing epoch installed.
        var served = isByPerson ? tunnel.BundleEpoch : known?.Served ?? 0;
        var holder = new BundleHolder(party.Id.Value, kind, Counts: true, served, known?.Acknowledged ?? 0);
        if (BundleProtocol.Acknowledge(holder, epoch, isOwnWord: true) is null)
        {
            return BundleErrors.Epoch.Refuse().With("served_epoch", served);
        }

        var by = cause.Actor.Id;
        if (known is null || known.Acknowledged != epoch || known.AcknowledgedBy != by)
        {
            var now = time.GetStoreNow();
            List<Statement> statements = [holders.Acknowledge(tunnel.Id, kind, party.Id.Value, epoch, by, now)];
            if (isByPerson)
            {
                statements.Insert(
                    0,
                    holders.RecordContact(tunnel.Id, kind, party.Id.Value, epoch, known?.HeardAt ?? now)
                );
            }

            var result = await journal.CommitAsync(
                new Decision
                {
                    Event = RelyingPartyEvents.Acknowledged(new AuditOrigin(now, cause), party, epoch, isByPerson),
                    Statements = statements,
                },
                cancellationToken
            );
            if (result.RefusalUnlessCommitted() is { } unavailable)
            {
                return unavailable;
            }
        }

        return ApiAnswer.Json(
            new AcknowledgementDocument(
                TunnelId: tunnel.Id.Value,
                RelyingPartyId: party.Id.Value,
                Epoch: epoch,
                CurrentEpoch: tunnel.BundleEpoch
            ),
            RelyingPartiesJson.Default.AcknowledgementDocument
        );
    }

    // An administrator's first acknowledgement sets HeardAt to its own time; later, only a call by the party does.
    internal static bool SpeaksForItself(RelyingParty party, KnownHolder? known) =>
        known is not null
        && (
            known.AcknowledgedBy is not { } by
            || by == party.Id.Value
            || by == party.ServiceAccountId
            || known.HeardAt > known.AcknowledgedAt
        );
}
