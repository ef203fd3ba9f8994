using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary><c>/v1/tunnels/{id}/relying_parties</c>: the parties that a switch of authority waits for.</summary>
internal sealed class RelyingPartyEndpoints(
    TunnelAccess access,
    RelyingPartyStore parties,
    BundleHolderStore holders,
    RelyingPartyRegistry registry,
    BundleAcknowledgements acknowledgements
)
{
    private const int MaxNameLength = 100;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(RelyingPartiesJson.Default.CreateRelyingPartyRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (Check(wanted) is { } malformed)
        {
            return malformed;
        }

        if (!(await access.FindLiveAsync(request, cancellationToken)).TryGet(out var tunnel, out refusal))
        {
            return refusal;
        }

        var named = wanted with { Name = wanted.Name.Trim() };
        var created = await registry.CreateAsync(request, tunnel, named, cancellationToken);
        return created.IsOk
            ? Answer(RelyingPartyDocument.From(created.Value.Party, null, created.Value.Credential))
            : created.Refusal;
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        var archived = request.Query("include_archived");
        if (archived is not (null or "true" or "false"))
        {
            return RequestErrors.Invalid.Refuse("include_archived: true or false is required.");
        }

        var known = await KnownAsync(tunnel, cancellationToken);
        var rows = await parties.ListAsync(tunnel.Id, archived == "true", cancellationToken);
        return ApiAnswer.Json(
            Pages.Whole(
                rows.Select(party => RelyingPartyDocument.From(party, known.GetValueOrDefault(party.Id.Value)))
            ),
            RelyingPartiesJson.Default.PageRelyingPartyDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken);
        return found.IsOk ? await AnswerAsync(found.Value.Tunnel, found.Value.Party, cancellationToken) : found.Refusal;
    }

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var found = await FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var (tunnel, party) = found.Value;

        var archivedResult = await registry.ArchiveAsync(request, party, body.Value.Reason, cancellationToken);
        return !archivedResult.IsOk
            ? archivedResult.Refusal
            : await AnswerAsync(tunnel, archivedResult.Value, cancellationToken);
    }

    /// <summary>An administrator acknowledges for a party that cannot poll.</summary>
    public async ValueTask<ApiAnswer> AcknowledgeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(RelyingPartiesJson.Default.AcknowledgementRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        var found = await FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var (tunnel, party) = found.Value;
        return PersonIdentification.CheckIsPerson(request.Caller) is { } workload ? workload
            : party.ArchivedAt is not null ? RelyingPartyErrors.Unknown.Refuse()
            : await acknowledgements.AcknowledgeAsync(
                request.Cause,
                tunnel,
                party,
                wanted.Epoch,
                isByPerson: true,
                cancellationToken
            );
    }

    private async ValueTask<Result<(Tunnel Tunnel, RelyingParty Party)>> FindAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        var party = RelyingPartyId.TryParse(request.Route("relying_party_id"), out var id)
            ? await parties.FindAsync(id.Value, cancellationToken)
            : null;
        return party is not null && party.TunnelId == tunnel.Id ? (tunnel, party) : RequestErrors.NotFound.Refuse();
    }

    private async ValueTask<Dictionary<string, KnownHolder>> KnownAsync(
        Tunnel tunnel,
        CancellationToken cancellationToken
    ) =>
        (await holders.ListAsync(tunnel.Id, cancellationToken))
            .Where(holder => holder.Kind == HolderKind.RelyingParty)
            .ToDictionary(holder => holder.Holder, StringComparer.Ordinal);

    private async ValueTask<ApiAnswer> AnswerAsync(
        Tunnel tunnel,
        RelyingParty party,
        CancellationToken cancellationToken
    ) =>
        Answer(
            RelyingPartyDocument.From(
                party,
                await holders.FindAsync(tunnel.Id, HolderKind.RelyingParty, party.Id.Value, cancellationToken)
            )
        );

    private static Refusal? Check(CreateRelyingPartyRequest wanted) =>
        wanted.Name.Trim().Length is 0 or > MaxNameLength || wanted.Name.Any(ConfigText.IsUnprintable)
            ? RequestErrors.Invalid.Refuse($"name: 1 to {MaxNameLength} printable characters are required.")
        : wanted.ServiceAccountId is { } account && !ServiceAccountId.TryParse(account, out _)
            ? RequestErrors.Invalid.Refuse("service_account_id: an id such as svac_… is required.")
        : null;

    private static ApiAnswer Answer(RelyingPartyDocument document) =>
        ApiAnswer.Json(document, RelyingPartiesJson.Default.RelyingPartyDocument);
}
