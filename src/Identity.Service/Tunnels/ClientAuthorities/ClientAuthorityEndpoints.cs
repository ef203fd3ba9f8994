using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

/// <summary><c>/v1/tunnels/{id}/client_certificate_authorities</c>: CAs for the CONNECT ingress (S22).</summary>
internal sealed class ClientAuthorityEndpoints(
    TunnelAccess access,
    ClientAuthorityStore authorities,
    IPublicAnchors publicAnchors,
    IJournal journal,
    TimeProvider time
)
{
    /// <summary>Maximum of unarchived ones per tunnel: enough for several enterprises to rotate at once.</summary>
    public const int MaxAuthorities = 8;

    private const string List = "client_certificate_authorities";

    public async ValueTask<ApiAnswer> AddAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(TunnelJson.Default.AddClientAuthorityRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refused))
        {
            return refused;
        }

        if (!(await access.FindLiveAsync(request, cancellationToken)).TryGet(out var tunnel, out refused))
        {
            return refused;
        }

        var now = time.GetStoreNow();
        var check = ClientAuthorityCheck.Certificate(wanted.CaCertificatePem, now, publicAnchors.Holds);
        if (!check.IsOk)
        {
            return check.Refusal;
        }

        if (ClientAuthorityCheck.Identities(wanted.Identities) is { } refusal)
        {
            return refusal;
        }

        var certificate = check.Value;
        var authority = new ClientAuthority
        {
            Id = ClientAuthorityId.New(),
            TunnelId = tunnel.Id,
            Fingerprint = CertificateNames.Fingerprint(certificate),
            CertificatePem = certificate.ExportCertificatePem(),
            Identities = [.. wanted.Identities.Select(identity => identity!)],
            CreatedAt = now,
            ExpiresAt = new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ClientAuthorityEvents.Added(AuditOrigin.From(request, now), tunnel, authority),
                Statements = authorities.Insert(authority, MaxAuthorities),
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } notCommitted ? notCommitted : Answer(authority);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        if (!PageRequest.Read(request, List).TryGet(out var page, out refusal))
        {
            return refusal;
        }

        var all = await authorities.ListAsync(tunnel.Id, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(all, authority => authority.Ordinal).Select(ClientAuthorityDocument.From),
            TunnelJson.Default.PageClientAuthorityDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        return !found.IsOk ? found.Refusal
            : await FindAsync(request, found.Value, cancellationToken) is { } authority ? Answer(authority)
            : RequestErrors.NotFound.Refuse();
    }

    /// <summary>Idempotent. The next feed disconnects clients that it admitted.</summary>
    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refused))
        {
            return refused;
        }

        if (await FindAsync(request, tunnel, cancellationToken) is not { } authority)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (authority.ArchivedAt is not null)
        {
            return Answer(authority);
        }

        var now = time.GetStoreNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ClientAuthorityEvents.Archived(
                    AuditOrigin.From(request, now),
                    tunnel,
                    authority,
                    body.Value.Reason
                ),
                Statements = [ClientAuthorityStore.Archive(authority.Id, now)],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (!result.IsStale && result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        // Read again: of two concurrent archives, the first one's time counts for both.
        return Answer((await authorities.FindAsync(authority.Id.Value, cancellationToken))!);
    }

    private async ValueTask<ClientAuthority?> FindAsync(
        ApiRequest request,
        Tunnel tunnel,
        CancellationToken cancellationToken
    ) =>
        ClientAuthorityId.TryParse(request.Route("authority_id"), out var id)
        && await authorities.FindAsync(id.Value, cancellationToken) is { } authority
        && authority.TunnelId == tunnel.Id
            ? authority
            : null;

    private static ApiAnswer Answer(ClientAuthority authority) =>
        ApiAnswer.Json(ClientAuthorityDocument.From(authority), TunnelJson.Default.ClientAuthorityDocument);
}
