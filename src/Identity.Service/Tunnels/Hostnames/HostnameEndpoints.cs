using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary><c>/v1/tunnels/{id}/hostnames</c>: names in addition to the tunnel's own domain (S26).</summary>
internal sealed class HostnameEndpoints(
    TunnelAccess access,
    TunnelStore tunnels,
    HostnameStore hostnames,
    HostnameRegistry registry,
    HostnameProof proof,
    CallerLimits limits
)
{
    public async ValueTask<ApiAnswer> AddAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(TunnelJson.Default.AddHostnameRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        var found = await access.FindLiveAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(found.Value, await registry.AddAsync(request.Cause, found.Value, wanted.Name, cancellationToken))
            : found.Refusal;
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        var all = await hostnames.ListAsync(tunnel.Id, cancellationToken);
        return ApiAnswer.Json(
            Pages.Whole(all.Select(hostname => Describe(tunnel, hostname))),
            TunnelJson.Default.PageHostnameDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        return !found.IsOk ? found.Refusal
            : await FindAsync(request, found.Value, cancellationToken) is { } hostname ? Answer(found.Value, hostname)
            : RequestErrors.NotFound.Refuse();
    }

    public async ValueTask<ApiAnswer> CheckAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await access.FindLiveAsync(request, cancellationToken)).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, tunnel, cancellationToken) is not { } hostname)
        {
            return RequestErrors.NotFound.Refuse();
        }

        return limits.TryTake(request.Caller, CostlyWork.NameLookup) is { } limited
            ? limited
            : Answer(tunnel, await registry.CheckAsync(request.Cause, tunnel, hostname, cancellationToken));
    }

    /// <summary>For an operator of the installation, on any tunnel.</summary>
    public async ValueTask<ApiAnswer> ApproveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (
            !TunnelId.TryParse(request.Route("tunnel_id"), out var id)
            || await tunnels.FindAsync(id.Value, cancellationToken) is not { } tunnel
            || await FindAsync(request, tunnel, cancellationToken) is not { } hostname
        )
        {
            return RequestErrors.NotFound.Refuse();
        }

        return tunnel.IsArchived
            ? TunnelErrors.Archived.Refuse()
            : Answer(tunnel, await registry.ApproveAsync(request.Cause, tunnel, hostname, cancellationToken));
    }

    /// <summary>Edges and agents stop serving it with the next feed.</summary>
    public async ValueTask<ApiAnswer> RemoveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refused))
        {
            return refused;
        }

        if (await FindAsync(request, tunnel, cancellationToken) is not { } hostname)
        {
            return RequestErrors.NotFound.Refuse();
        }

        return await registry.RemoveAsync(request.Cause, tunnel, hostname, cancellationToken) is { } refusal
            ? refusal
            : Answer(tunnel, hostname);
    }

    private ValueTask<Hostname?> FindAsync(ApiRequest request, Tunnel tunnel, CancellationToken cancellationToken) =>
        hostnames.FindAsync(tunnel.Id, request.Route("name").ToLowerInvariant(), cancellationToken);

    private ApiAnswer Answer(Tunnel tunnel, Result<Hostname> result) =>
        result.IsOk
            ? ApiAnswer.Json(Describe(tunnel, result.Value), TunnelJson.Default.HostnameDocument)
            : result.Refusal;

    private HostnameDocument Describe(Tunnel tunnel, Hostname hostname) =>
        new(
            TunnelId: tunnel.Id.Value,
            Name: hostname.Name,
            State: hostname.State,
            Approved: hostname.ApprovedBy is not null,
            TxtName: HostnameProof.GetRecordName(hostname.Name),
            TxtValue: proof.CreateValue(tunnel.OrganizationId, hostname.Name),
            CnameTarget: tunnel.Domain,
            CreatedAt: hostname.CreatedAt.UtcDateTime,
            ActiveAt: hostname.ActiveAt?.UtcDateTime,
            CheckedAt: hostname.CheckedAt?.UtcDateTime,
            CheckResult: hostname.CheckResult,
            Misses: hostname.Misses
        );
}
