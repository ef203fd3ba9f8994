using System.Globalization;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>
/// <c>GET /v1/tunnels/{id}/trust_bundle</c> and the acknowledgement. With <c>since</c> the call waits for a later
/// epoch; with <c>If-None-Match</c> an unchanged epoch is a 304.
/// </summary>
internal sealed class TrustBundleEndpoints(
    TunnelAccess access,
    RegisteredCertificateStore certificates,
    RelyingPartyDirectory parties,
    BundleAcknowledgements acknowledgements,
    BundleLedger ledger,
    BundlePolling polling
)
{
    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!TryReadSince(request.Query("since"), out var since))
        {
            return RequestErrors.Invalid.Refuse("since: an epoch is required.");
        }

        if (!FeedPolling.TryReadWait(request.Query("wait"), out var wait))
        {
            return RequestErrors.Invalid.Refuse("wait: a duration such as 30s is required.");
        }

        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        var reader = await parties.SpeakerAsync(request.Caller, tunnel, cancellationToken);
        if (!reader.IsOk)
        {
            return reader.Refusal;
        }

        var party = reader.Value.Party;
        var served = await ServedAsync(tunnel, party, cancellationToken);
        if (served >= tunnel.BundleEpoch)
        {
            tunnel = await polling.WaitBeyondAsync(tunnel, since, wait, cancellationToken);
        }

        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{tunnel.BundleEpoch}\"");
        request.Http.Response.Headers.ETag = tag;

        // A caller that claims an epoch never sent to it, or one that does not exist yet, gets the content.
        var isKnown =
            since <= tunnel.BundleEpoch
            && served >= tunnel.BundleEpoch
            && (tunnel.BundleEpoch == since || request.Http.Request.Headers.IfNoneMatch.ToString() == tag);
        if (party is not null && await ServeAsync(tunnel, party, cancellationToken) is { } unavailable)
        {
            return unavailable;
        }

        if (isKnown)
        {
            return ApiAnswer.NotModified;
        }

        var live = await certificates.ListLiveAsync(tunnel.Id, cancellationToken);
        return ApiAnswer.Json(
            new TrustBundleDocument(TunnelId: tunnel.Id.Value, Epoch: tunnel.BundleEpoch, Pem: TrustBundle.Join(live)),
            TunnelJson.Default.TrustBundleDocument
        );
    }

    public async ValueTask<ApiAnswer> AcknowledgeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(RelyingPartiesJson.Default.AcknowledgementRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out refusal))
        {
            return refusal;
        }

        var reader = await parties.SpeakerAsync(request.Caller, tunnel, cancellationToken);
        if (!reader.IsOk)
        {
            return reader.Refusal;
        }

        if (reader.Value.Party is not { } party)
        {
            return RelyingPartyErrors.Unknown.Refuse();
        }

        return await acknowledgements.AcknowledgeAsync(
            request.Cause,
            tunnel,
            party,
            wanted.Epoch,
            isByPerson: false,
            cancellationToken
        );
    }

    // A reader that is not a relying party has no record: its claim is accepted.
    private async ValueTask<long> ServedAsync(
        Tunnel tunnel,
        RelyingParty? party,
        CancellationToken cancellationToken
    ) =>
        party is null
            ? long.MaxValue
            : await ledger.ServedAsync(
                tunnel.Id,
                HolderKind.RelyingParty,
                party.Id.Value,
                tunnel.BundleEpoch,
                cancellationToken
            );

    private ValueTask<Refusal?> ServeAsync(Tunnel tunnel, RelyingParty party, CancellationToken cancellationToken) =>
        ledger.ServeAsync(tunnel.Id, HolderKind.RelyingParty, party.Id.Value, tunnel.BundleEpoch, cancellationToken);

    private static bool TryReadSince(string? text, out long since)
    {
        since = -1; // no epoch yet
        return text is null || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out since);
    }
}
