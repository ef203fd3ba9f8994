using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary><c>/v1/certificates</c>: every certificate with a recorded intent, newest first or by expiry.</summary>
internal sealed class CertificateInventoryEndpoint(
    CertificateInventory inventory,
    CallerLimits limits,
    TimeProvider time
)
{
    private const int DefaultDays = 90;
    private const int MostDays = 400;

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!InventoryQuery.Read(request).TryGet(out var query, out var refusal))
        {
            return refusal;
        }

        var all = await inventory.ListAsync(query.Filter, query.Place, query.Limit + 1, cancellationToken);
        return ApiAnswer.Json(
            query.Cut(all).Select(CertificateItemDocument.From),
            CertificatesJson.Default.PageCertificateItemDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        CertificateId.TryParse(request.Route("certificate_id"), out var id)
        && await inventory.FindAsync(id, cancellationToken) is { } certificate
        && InventoryQuery.Sees(request.Caller, certificate)
            ? ApiAnswer.Json(
                CertificateItemDocument.From(certificate),
                CertificatesJson.Default.CertificateItemDocument
            )
            : RequestErrors.NotFound.Refuse();

    /// <summary>Streams all rows that match the filters; memory use does not grow with them.</summary>
    public ValueTask<ApiAnswer> ExportAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (InventoryQuery.ReadFilter(request, out var filter) is { } refusal)
        {
            return new(refusal);
        }

        if (limits.TryTake(request.Caller, CostlyWork.Export) is { } limited)
        {
            return new(limited);
        }

        return request.Query("format") switch
        {
            "csv" => new(
                ApiAnswer.Streamed(
                    "text/csv; charset=utf-8; header=present",
                    (body, ct) => CertificateExport.WriteCsvAsync(inventory, filter, body, ct)
                )
            ),
            null or "json" => new(
                ApiAnswer.Streamed(
                    "application/json",
                    (body, ct) => CertificateExport.WriteJsonAsync(inventory, filter, body, ct)
                )
            ),
            _ => new(RequestErrors.Invalid.Refuse("format: csv or json is required.")),
        };
    }

    public async ValueTask<ApiAnswer> ForecastAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var days = DefaultDays;
        if (
            request.Query("days") is { } text
            && !(
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out days)
                && days is >= 1 and <= MostDays
            )
        )
        {
            return RequestErrors.Invalid.Refuse($"days: a number from 1 to {MostDays} is required.");
        }

        var caller = request.Caller;
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var counts = await inventory.ForecastAsync(
            caller.OrganizationId,
            caller.WorkspaceId,
            today,
            days,
            cancellationToken
        );
        if (caller.Has(Scopes.InstallationOperate) && caller.WorkspaceId is null)
        {
            counts = [.. counts, .. await inventory.ForecastAsync(null, null, today, days, cancellationToken)];
        }

        return ApiAnswer.Json(
            new ForecastDocument(
                From: today,
                Days: days,
                Data:
                [
                    .. counts
                        .GroupBy(count => (count.Date, count.CaId))
                        .OrderBy(group => group.Key.Date)
                        .ThenBy(group => group.Key.CaId, StringComparer.Ordinal)
                        .Select(group => new ForecastDay(
                            Date: group.Key.Date,
                            CaId: group.Key.CaId,
                            Count: group.Sum(count => count.Count)
                        )),
                ]
            ),
            CertificatesJson.Default.ForecastDocument
        );
    }
}
