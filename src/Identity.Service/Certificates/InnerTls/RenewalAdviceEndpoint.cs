using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.InnerTls;

/// <summary>
/// <c>GET /v1/certificates/renewal?tunnel_id=T&amp;serial=S</c> (8443), for rotation jobs: the trust bundle, and
/// whether the certificate must be replaced early, as in an agent's feed.
/// </summary>
internal sealed class RenewalAdviceEndpoint(
    TunnelStore tunnels,
    RegisteredCertificateStore registered,
    CertificateStore inventory,
    EarlyRenewals renewals,
    IRevisions revisions
)
{
    private const int MaxSerialLength = 64;

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (tunnelId, serial) = (request.Query("tunnel_id"), request.Query("serial"));
        if (tunnelId is null)
        {
            return RequestErrors.Invalid.Refuse("tunnel_id: the id of a tunnel is required.");
        }

        if (serial is not null && (serial.Length is 0 or > MaxSerialLength || !serial.All(char.IsAsciiHexDigitLower)))
        {
            return RequestErrors.Invalid.Refuse("serial: lower-case hexadecimal is required.");
        }

        var found = await tunnels.FindAsync(tunnelId, cancellationToken);
        if (!TunnelAdmission.AdmitJob(found, request.Caller).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        // Read before the content: a later change then has a later revision.
        var revision = revisions.Current;
        var live = await registered.ListLiveAsync(tunnel.Id, cancellationToken);
        var record = serial is null ? null : await FindAsync(tunnel, serial, cancellationToken);
        if (serial is not null && record is null)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var called = record?.CaId is { } issuer
            ? (await renewals.FindAsync(tunnel.Id, live, revision, cancellationToken))?.FirstOrDefault(renewal =>
                renewal.CaId == issuer
            )
            : null;
        return ApiAnswer.Json(
            new RenewalAdvice
            {
                TunnelId = tunnel.Id.Value,
                SuggestedWindow = called?.SuggestedWindow,
                ExplanationUrl = called?.ExplanationUrl,
                IsRevoked = record?.RevokedAt is not null,
                TrustBundle = new BundleDocument(Epoch: tunnel.BundleEpoch, Pem: TrustBundle.Join(live)),
            },
            WireJson.Default.RenewalAdvice
        );
    }

    private async ValueTask<CertificateRecord?> FindAsync(
        Tunnel tunnel,
        string serial,
        CancellationToken cancellationToken
    )
    {
        var filter = new CertificateFilter(
            tunnel.OrganizationId,
            tunnel.WorkspaceId,
            WithInstallation: false,
            tunnel.Id.Value,
            serial
        );
        var found = await inventory.ListAsync(filter, long.MaxValue, 2, cancellationToken);
        return found.FirstOrDefault(record => record.Kind == CertificateKind.Server);
    }
}
