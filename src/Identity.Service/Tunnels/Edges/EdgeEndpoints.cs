using System.Text.RegularExpressions;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed partial class EdgeEndpoints(EdgeStore edges, EdgeRegistry registry)
{
    private const string List = "edges";
    private const int MaxAddresses = 8;
    private const int MaxDnsNames = 16;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(TunnelJson.Default.CreateEdgeRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refused))
        {
            return refused;
        }

        return Check(wanted) is { } refusal
            ? refusal
            : Answer(await registry.CreateAsync(request, wanted, cancellationToken));
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var all = await edges.ListAsync(page, cancellationToken);
        return ApiAnswer.Json(
            page.Cut(all, edge => edge.Ordinal).Select(EdgeDocument.From),
            TunnelJson.Default.PageEdgeDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        Answer(await FindAsync(request, cancellationToken));

    public async ValueTask<ApiAnswer> ArchiveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var found = await FindAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(await registry.ArchiveAsync(request, found.Value, body.Value.Reason, cancellationToken))
            : found.Refusal;
    }

    public ValueTask<ApiAnswer> DrainAsync(ApiRequest request, CancellationToken cancellationToken) =>
        SetDrainingAsync(request, draining: true, cancellationToken);

    public ValueTask<ApiAnswer> ResumeAsync(ApiRequest request, CancellationToken cancellationToken) =>
        SetDrainingAsync(request, draining: false, cancellationToken);

    private async ValueTask<ApiAnswer> SetDrainingAsync(
        ApiRequest request,
        bool draining,
        CancellationToken cancellationToken
    )
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var found = await FindAsync(request, cancellationToken);
        return found.IsOk
            ? Answer(
                await registry.SetDrainingAsync(request, found.Value, draining, body.Value.Reason, cancellationToken)
            )
            : found.Refusal;
    }

    private async ValueTask<Result<Edge>> FindAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!EdgeId.TryParse(request.Route("edge_id"), out var id))
        {
            return RequestErrors.NotFound.Refuse();
        }

        return await edges.FindAsync(id.Value, cancellationToken) is { } edge ? edge : RequestErrors.NotFound.Refuse();
    }

    private static Refusal? Check(CreateEdgeRequest wanted)
    {
        if (!Name().IsMatch(wanted.Name))
        {
            return RequestErrors.Invalid.Refuse("name: 1 to 255 of a-z, 0-9 and - are required.");
        }

        if (
            wanted.Addresses.Count is 0 or > MaxAddresses
            || wanted.Addresses.Any(address => address is null || !HostNames.IsHostAndPort(address))
            || wanted.Addresses.Distinct(StringComparer.Ordinal).Count() != wanted.Addresses.Count
        )
        {
            return RequestErrors.Invalid.Refuse(
                $"addresses: 1 to {MaxAddresses} different host:port in lower case are required."
            );
        }

        var dnsNames = wanted.DnsNames ?? [];
        return
            dnsNames.Count > MaxDnsNames
            || dnsNames.Any(name => name is null || !HostNames.IsDnsName(name))
            || dnsNames.Distinct(StringComparer.Ordinal).Count() != dnsNames.Count
            ? RequestErrors.Invalid.Refuse(
                $"dns_names: at most {MaxDnsNames} different host names in lower case, no wildcards."
            )
            : null;
    }

    private static ApiAnswer Answer(Result<Edge> result) =>
        result.IsOk ? ApiAnswer.Json(EdgeDocument.From(result.Value), TunnelJson.Default.EdgeDocument) : result.Refusal;

    [GeneratedRegex("^[a-z0-9-]{1,255}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
