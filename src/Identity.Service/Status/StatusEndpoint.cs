using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Status;

/// <summary>
/// <c>GET /v1/status</c>: the health of the installation. Each check reads a bounded number of rows and sends no request to
/// other systems.
/// </summary>
internal sealed class StatusEndpoint(
    TunnelSurvey tunnels,
    IEnumerable<IStatusCheck> checks,
    TenantStore tenants,
    StoreNode node,
    TimeProvider time
)
{
    /// <summary>The limit per check; one more line counts the others.</summary>
    public const int MaxFindings = 20;

    /// <summary>Tunnels per page: each takes a few small reads.</summary>
    public const int MaxTunnels = 100;

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, TunnelSurvey.List, MaxTunnels).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var caller = request.Caller;
        var (shown, found) = await tunnels.ReadAsync(caller, page, cancellationToken);
        var lines = new List<(StatusState State, StatusCheckDocument Line)>();
        Add(TunnelSurvey.Check, found);
        var notShown = new List<string>();

        // Checks that do not depend on the page run for the first page only.
        foreach (var check in page.Before == long.MaxValue ? checks : [])
        {
            if (check.IsShownTo(caller))
            {
                Add(check.Name, await check.RunAsync(caller, cancellationToken));
            }
            else
            {
                notShown.Add(check.Name);
            }
        }

        var organization = await tenants.FindOrganizationAsync(caller.OrganizationId, cancellationToken);
        return ApiAnswer.Json(
            new StatusDocument(
                State: WireNames.Of(lines.Select(line => line.State).DefaultIfEmpty(StatusState.Ok).Max()),
                CheckedAt: time.GetUtcNow(),
                Node: node.Name,
                OrganizationId: caller.OrganizationId,
                OrganizationName: organization?.Name,
                Checks: [.. lines.Select(line => line.Line)],
                NotShown: notShown,
                Tunnels: shown.Data,
                NextPage: shown.NextPage
            ),
            StatusJson.Default.StatusDocument
        );

        void Add(string check, IReadOnlyList<StatusFinding> findings)
        {
            foreach (var finding in Cut(findings))
            {
                lines.Add((finding.State, StatusCheckDocument.Of(check, finding)));
            }
        }
    }

    /// <summary>
    /// Sorts the worst first and returns at most <see cref="MaxFindings"/>, plus a line with the number of the others.
    /// </summary>
    internal static IEnumerable<StatusFinding> Cut(IReadOnlyList<StatusFinding> findings)
    {
        var ordered = findings.OrderByDescending(finding => finding.State).ToList();
        return ordered.Count <= MaxFindings
            ? ordered
            :
            [
                .. ordered.Take(MaxFindings),
                new StatusFinding(
                    ordered[MaxFindings].State,
                    Subject: null,
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"{ordered.Count - MaxFindings} more of these are not shown."
                    ),
                    "Fix those that are shown, and run culvert status again."
                ),
            ];
    }
}
