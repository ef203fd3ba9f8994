using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary><c>GET /v1/certificates</c>: every certificate that was ever intended, newest first.</summary>
internal sealed class CertificateInventoryEndpoint(ICertificateStore certificates)
{
    private const string List = "certificates";

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = PageRequest.Read(request, List);
        if (page is null)
        {
            return refusal!;
        }

        var filter = new CertificateFilter(
            request.Caller.OrganizationId,
            request.Caller.WorkspaceId,
            request.Caller.Has(Scopes.InstallationOperate),
            request.Query("tunnel_id"),
            // As openssl prints it is as good.
            request.Query("serial")?.ToLowerInvariant()
        );
        var all = await certificates.ListAsync(filter, page.Before, page.Limit + 1, cancellationToken);
        var (rows, next) = page.Cut(all, record => record.Ordinal);
        return ApiAnswer.Json(
            new CertificateListDocument { Data = [.. rows.Select(CertificateItemDocument.Of)], NextPage = next },
            CertificatesJson.Default.CertificateListDocument
        );
    }
}
