using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary><c>/v1/tunnels/{id}/relying_parties</c>: whom a switch of the tunnel's authority waits for.</summary>
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
        var body = await request.ReadJsonAsync(BundlesJson.Default.CreateRelyingPartyRequest, cancellationToken);
        if (body.Value is not { } wanted)
        {
            return body.Refusal!;
        }

        if (Check(wanted) is { } malformed)
        {
            return malformed;
        }

        var found = await access.FindLiveAsync(request, cancellationToken);
        if (found.Value is not { } tunnel)
        {
            return found.Refusal!;
        }

        var named = wanted with { Name = wanted.Name.Trim() };
        var (party, credential, refusal) = await registry.CreateAsync(request, tunnel, named, cancellationToken);
        return party is null ? refusal! : Answer(RelyingPartyDocument.Of(party, null, credential));
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        if (found.Value is not { } tunnel)
        {
            return found.Refusal!;
        }

        var archived = request.Query("include_archived");
        if (archived is not (null or "true" or "false"))
        {
            return RequestErrors.Invalid.Refuse("include_archived: true or false is required.");
        }

        var known = await KnownAsync(tunnel, cancellationToken);
        var rows = await parties.ListAsync(tunnel.Id, archived == "true", cancellationToken);
        return ApiAnswer.Json(
            new RelyingPartyListDocument
            {
                Data =
                [
                    .. rows.Select(party => RelyingPartyDocument.Of(party, known.GetValueOrDefault(party.Id.Value))),
                ],
            },
            BundlesJson.Default.RelyingPartyListDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (tunnel, party, refusal) = await FindAsync(request, cancellationToken);
        return party is null ? refusal! : await AnswerAsync(tunnel!, party, cancellationToken);
    }

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (body.Refusal is { } malformed)
        {
            return malformed;
        }

        var (tunnel, party, refusal) = await FindAsync(request, cancellationToken);
        if (party is null)
        {
            return refusal!;
        }

        var (archived, unavailable) = await registry.ArchiveAsync(
            request,
            party,
            body.Value!.Reason,
            cancellationToken
        );
        return archived is null ? unavailable! : await AnswerAsync(tunnel!, archived, cancellationToken);
    }

    /// <summary>A person's word for one that cannot poll.</summary>
    public async ValueTask<ApiAnswer> AcknowledgeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(BundlesJson.Default.AcknowledgementRequest, cancellationToken);
        if (body.Value is not { } wanted)
        {
            return body.Refusal!;
        }

        var (tunnel, party, refusal) = await FindAsync(request, cancellationToken);
        return party is null ? refusal!
            : Persons.CheckIsPerson(request.Caller) is { } workload ? workload
            : party.ArchivedAt is not null ? RelyingPartyErrors.Unknown.Refuse()
            : await acknowledgements.AcknowledgeAsync(
                request,
                tunnel!,
                party,
                wanted.Epoch,
                isByPerson: true,
                cancellationToken
            );
    }

    private async ValueTask<(Tunnel? Tunnel, RelyingParty? Party, Refusal? Refusal)> FindAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var found = await access.FindAsync(request, cancellationToken);
        if (found.Value is not { } tunnel)
        {
            return (null, null, found.Refusal);
        }

        var party = RelyingPartyId.TryParse(request.Route("relying_party_id"), out var id)
            ? await parties.FindAsync(id.Value, cancellationToken)
            : null;
        return party is not null && party.TunnelId == tunnel.Id
            ? (tunnel, party, null)
            : (null, null, RequestErrors.NotFound.Refuse());
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
            RelyingPartyDocument.Of(
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
        ApiAnswer.Json(document, BundlesJson.Default.RelyingPartyDocument);
}
