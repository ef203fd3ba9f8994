using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

/// <summary>
/// <c>/v1/client_range_sets</c>. A set can affect tunnels of all workspaces, so a credential that is bound to one
/// workspace can read sets but not change them.
/// </summary>
internal sealed class ClientRangeSetEndpoints(ClientRangeSetStore sets, IJournal journal, TimeProvider time)
{
    /// <summary>The maximum number of sets per organization. It is bounded because every edge loads all sets.</summary>
    public const int MaxSets = 64;

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var all = await sets.ListAsync(request.Caller.OrganizationId, cancellationToken);
        return ApiAnswer.Json(
            Pages.Whole(all.Select(ClientRangeSetDocument.From)),
            TunnelJson.Default.PageClientRangeSetDocument
        );
    }

    public async ValueTask<ApiAnswer> RetrieveAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } set ? Answer(set) : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> ApplyAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(TunnelJson.Default.ApplyRangeSetRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        var name = request.Route("name") ?? "";
        if (!ClientRangeSet.IsName(name))
        {
            return RequestErrors.Invalid.Refuse("name: 1 to 63 of a-z, 0-9 and - are required.");
        }

        if (wanted.Ranges.Count == 0)
        {
            // A tunnel that names only this set would accept clients from any address at the CONNECT ingress.
            return RequestErrors.Invalid.Refuse(
                "ranges: at least one is required; if you no longer need the set, remove it from its tunnels, then remove it."
            );
        }

        if (request.Caller.WorkspaceId is not null)
        {
            return WorkspaceRefusal();
        }

        if (!SourceRanges.Parse("ranges", wanted.Ranges).TryGet(out var ranges, out refusal))
        {
            return refusal;
        }

        var before = await FindAsync(request, cancellationToken);
        if (wanted.Revision is { } expected && expected != (before?.Revision ?? 0))
        {
            return Stale(before);
        }

        var now = time.GetStoreNow();
        var after = new ClientRangeSet(request.Caller.OrganizationId, name, ranges, (before?.Revision ?? 0) + 1, now);
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = RangeSetEvents.Applied(AuditOrigin.From(request, now), before, after),
                Statements = [sets.Save(after, MaxSets)],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.IsStale ? Stale(await FindAsync(request, cancellationToken))
            : result.RefusalUnlessCommitted() is { } refused ? refused
            : Answer(after);
    }

    public async ValueTask<ApiAnswer> RemoveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } set)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (request.Caller.WorkspaceId is not null)
        {
            return WorkspaceRefusal();
        }

        var result = await journal.CommitAsync(
            new Decision
            {
                Event = RangeSetEvents.Removed(AuditOrigin.From(request, time.GetUtcNow()), set),
                Statements = [sets.Remove(set)],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refusal ? refusal : Answer(set);
    }

    private ValueTask<ClientRangeSet?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        sets.FindAsync(request.Caller.OrganizationId, request.Route("name") ?? "", cancellationToken);

    private static Refusal WorkspaceRefusal() =>
        AuthErrors.Workspace.Refuse(
            "A range set is the organization's: a request or a credential for one workspace does not change it."
        );

    private static Refusal Stale(ClientRangeSet? current) =>
        TunnelErrors.RangeSetRevision.Refuse().With("revision", JsonValue.Create(current?.Revision ?? 0));

    private static ApiAnswer Answer(ClientRangeSet set) =>
        ApiAnswer.Json(ClientRangeSetDocument.From(set), TunnelJson.Default.ClientRangeSetDocument);
}
