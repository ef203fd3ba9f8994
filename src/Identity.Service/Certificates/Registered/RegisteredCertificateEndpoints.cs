using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Registered;

/// <summary>The certificate endpoints that are compatible with the MCP tunnels API.</summary>
internal sealed class RegisteredCertificateEndpoints(
    TunnelAccess access,
    RegisteredCertificateStore certificates,
    RegisteredCertificates registry
)
{
    private const string List = "tunnel_certificates";

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(TunnelJson.Default.RegisterCertificateRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        var found = await access.FindLiveAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(await registry.RegisterAsync(request, found.Value, wanted.CaCertificatePem, cancellationToken))
            : found.Refusal;
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

        var all = await certificates.ListAsync(tunnel.Id, page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(all, certificate => certificate.Ordinal).Select(RegisteredCertificateDocument.From),
            TunnelJson.Default.PageRegisteredCertificateDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        return found.IsOk ? Answer(await FindAsync(request, found.Value, cancellationToken)) : found.Refusal;
    }

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        var certificate = await FindAsync(request, tunnel, cancellationToken);
        return certificate.IsOk
            ? Answer(
                await registry.ArchiveAsync(request, tunnel, certificate.Value, body.Value.Reason, cancellationToken)
            )
            : certificate.Refusal;
    }

    /// <summary>A Culvert extension: a second administrator confirms a pending change (S16).</summary>
    public async ValueTask<ApiAnswer> ConfirmAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(TunnelJson.Default.ConfirmCertificateRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (!(await access.FindLiveAsync(request, cancellationToken)).TryGet(out var tunnel, out refusal))
        {
            return refusal;
        }

        var certificate = await FindAsync(request, tunnel, cancellationToken);
        return certificate.IsOk
            ? Answer(
                await registry.ConfirmAsync(request, tunnel, certificate.Value, wanted.Fingerprint, cancellationToken)
            )
            : certificate.Refusal;
    }

    private async ValueTask<Result<RegisteredCertificate>> FindAsync(
        ApiRequest request,
        Tunnel tunnel,
        CancellationToken cancellationToken
    )
    {
        if (!RegisteredCertificateId.TryParse(request.Route("certificate_id"), out var id))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var certificate = await certificates.FindAsync(id.Value, cancellationToken);
        return certificate is not null && certificate.TunnelId == tunnel.Id
            ? certificate
            : RequestErrors.NotFound.Refuse();
    }

    private static ApiAnswer Answer(Result<RegisteredCertificate> result) =>
        result.IsOk
            ? ApiAnswer.Json(
                RegisteredCertificateDocument.From(result.Value),
                TunnelJson.Default.RegisteredCertificateDocument
            )
            : result.Refusal;
}
