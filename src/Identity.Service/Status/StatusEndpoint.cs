using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status;

/// <summary>
/// <c>GET /v1/status</c>: the health of the installation. Each check reads a bounded number of rows and sends no request to
/// other systems.
/// </summary>
internal sealed class StatusEndpoint(
    TunnelSurvey tunnels,
    IEnumerable<StatusCheck> checks,
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
        var findings = Cut(found).ToList();
        var notShown = new List<string>();

        // Checks that do not depend on the page run for the first page only.
        foreach (var check in page.Before == long.MaxValue ? checks : [])
        {
            if (check.IsShownTo(caller))
            {
                findings.AddRange(Cut(await check.RunAsync(caller, cancellationToken)));
            }
            else
            {
                notShown.Add(check.Id);
            }
        }

        var organization = await tenants.FindOrganizationAsync(caller.OrganizationId, cancellationToken);
        return ApiAnswer.Json(
            new StatusDocument(
                State: StatusCheckDocument.ToState(findings.Max(finding => finding.Status)),
                CheckedAt: time.GetUtcNow(),
                Node: node.Name,
                OrganizationId: caller.OrganizationId,
                OrganizationName: organization?.Name,
                Checks: [.. findings.Select(StatusCheckDocument.From)],
                NotShown: notShown,
                Tunnels: shown.Data,
                NextPage: shown.NextPage
            ),
            StatusJson.Default.StatusDocument
        );
    }

    /// <summary>
    /// Sorts the worst first and returns at most <see cref="MaxFindings"/>, plus a line with the number of the others. A finding
    /// that passes is left out where there is a worse one.
    /// </summary>
    internal static IEnumerable<DoctorFinding> Cut(IEnumerable<DoctorFinding> findings)
    {
        var ordered = findings
            .OrderByDescending(finding => finding.Status)
            .TakeWhile((finding, index) => index == 0 || finding.Status > DoctorStatus.Pass)
            .ToList();
        return ordered.Count <= MaxFindings
            ? ordered
            :
            [
                .. ordered.Take(MaxFindings),
                ordered[MaxFindings] with
                {
                    Subject = null,
                    Summary = FormattableString.Invariant(
                        $"{ordered.Count - MaxFindings} more of these are not shown."
                    ),
                    Next = ["Fix those that are shown, and run culvert status again."],
                },
            ];
    }
}
