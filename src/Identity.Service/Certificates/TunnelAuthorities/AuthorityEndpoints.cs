using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary><c>/v1/certificate_authorities</c>: issuing authorities of tunnels.</summary>
internal sealed class AuthorityEndpoints(
    ITunnelStore tunnels,
    ITunnelAuthorityStore authorities,
    AuthorityCommands commands
)
{
    private const string List = "certificate_authorities";

    // The name becomes the common name of the request (RFC 5280 appendix A.1, ub-common-name).
    private const int MaxNameLength = 64;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.CreateAuthorityRequest, cancellationToken);
        if (body.Value is not { } wanted)
        {
            return body.Refusal!;
        }

        if (wanted.Name.Trim().Length is 0 or > MaxNameLength || wanted.Name.Any(char.IsControl))
        {
            return RequestErrors.Invalid.Refuse($"name: 1 to {MaxNameLength} printable characters are required.");
        }

        var custody = AuthorityCustodies.Find(wanted.Custody ?? AuthorityCustodies.Sealed);
        if (custody is not (AuthorityCustody.Sealed or AuthorityCustody.TrustOnly))
        {
            return RequestErrors.Invalid.Refuse("custody: sealed or trust_only is required.");
        }

        var tunnel = await FindTunnelAsync(request, wanted.TunnelId, cancellationToken);
        if (tunnel.Value is not { } live)
        {
            return tunnel.Refusal!;
        }

        return live.IsArchived
            ? TunnelErrors.Archived.Refuse()
            : Answer(await commands.CreateAsync(request, live, wanted.Name.Trim(), custody.Value, cancellationToken));
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = PageRequest.Read(request, List);
        if (page is null)
        {
            return refusal!;
        }

        var all = await authorities.ListAsync(
            request.Caller.OrganizationId,
            request.Caller.WorkspaceId,
            request.Query("tunnel_id"),
            page,
            cancellationToken
        );
        var (rows, next) = page.Cut(all, authority => authority.Ordinal);
        return ApiAnswer.Json(
            new AuthorityListDocument { Data = [.. rows.Select(AuthorityDocument.Of)], NextPage = next },
            CertificatesJson.Default.AuthorityListDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Answer(await FindAsync(request, cancellationToken));

    public async ValueTask<ApiAnswer> CsrAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken);
        return found.Value switch
        {
            null => found.Refusal!,
            { CsrPem: { } csr } authority => ApiAnswer.Json(
                new AuthorityCsrDocument { Id = authority.Id.Value, CsrPem = csr },
                CertificatesJson.Default.AuthorityCsrDocument
            ),
            { } authority => AuthorityErrors.StateOf(authority),
        };
    }

    public async ValueTask<ApiAnswer> UploadAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.UploadChainRequest, cancellationToken);
        if (body.Value is not { } upload)
        {
            return body.Refusal!;
        }

        var (tunnel, authority, refusal) = await FindLiveAsync(request, cancellationToken);
        return authority is null
            ? refusal!
            : Answer(await commands.UploadAsync(request, tunnel!, authority, upload, cancellationToken));
    }

    public async ValueTask<ApiAnswer> ApproveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(CertificatesJson.Default.ApproveAuthorityRequest, cancellationToken);
        if (body.Value is not { } approval)
        {
            return body.Refusal!;
        }

        var (tunnel, authority, refusal) = await FindLiveAsync(request, cancellationToken);
        return authority is null
            ? refusal!
            : Answer(await commands.ApproveAsync(request, tunnel!, authority, approval.Fingerprint, cancellationToken));
    }

    public async ValueTask<ApiAnswer> ActivateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonOrEmptyAsync(
            CertificatesJson.Default.ActivateAuthorityRequest,
            ActivateAuthorityRequest.None,
            cancellationToken
        );
        if (body.Value is null)
        {
            return body.Refusal!;
        }

        var (_, authority, refusal) = await FindLiveAsync(request, cancellationToken);
        return authority is null
            ? refusal!
            : Answer(
                await commands.RunAsync(
                    request,
                    authority,
                    AuthorityCommand.Activate,
                    reason: null,
                    expected: null,
                    cancellationToken
                )
            );
    }

    private async ValueTask<TunnelResult<TunnelAuthority>> FindAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!CertificateAuthorityId.TryParse(request.Route("ca_id"), out var id))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var authority = await authorities.FindAsync(id.Value, cancellationToken);
        return authority is not null && request.Caller.Sees(authority.OrganizationId, authority.WorkspaceId)
            ? authority
            : RequestErrors.NotFound.Refuse();
    }

    private async ValueTask<(Tunnel? Tunnel, TunnelAuthority? Authority, Refusal? Refusal)> FindLiveAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var found = await FindAsync(request, cancellationToken);
        if (found.Value is not { } authority)
        {
            return (null, null, found.Refusal);
        }

        var tunnel = await tunnels.FindAsync(authority.TunnelId.Value, cancellationToken);
        return tunnel is null or { IsArchived: true }
            ? (null, null, TunnelErrors.Archived.Refuse())
            : (tunnel, authority, null);
    }

    private async ValueTask<TunnelResult<Tunnel>> FindTunnelAsync(
        ApiRequest request,
        string tunnelId,
        CancellationToken cancellationToken
    )
    {
        var tunnel = TunnelId.TryParse(tunnelId, out var id)
            ? await tunnels.FindAsync(id.Value, cancellationToken)
            : null;
        return tunnel is not null && request.Caller.Sees(tunnel.OrganizationId, tunnel.WorkspaceId)
            ? tunnel
            : RequestErrors.NotFound.Refuse();
    }

    private static ApiAnswer Answer(TunnelResult<TunnelAuthority> result) =>
        result.Value is { } authority
            ? ApiAnswer.Json(AuthorityDocument.Of(authority), CertificatesJson.Default.AuthorityDocument)
            : result.Refusal!;
}
