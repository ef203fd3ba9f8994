using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary><c>/v1/tunnels/{tunnel_id}/routes/{route}</c>: owners of servers, and their attestations.</summary>
internal sealed class RouteEndpoints(TunnelAccess access, RouteStore routes, IJournal journal, TimeProvider time)
{
    public async ValueTask<ApiAnswer> SetOwnerAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(TunnelJson.Default.SetRouteOwnerRequest, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var owner = body.Value.Owner?.Trim() ?? "";
        if (owner.Length > SetRouteOwnerRequest.MaxOwnerLength || owner.Any(char.IsControl))
        {
            return RequestErrors.Invalid.Refuse(
                $"owner: at most {SetRouteOwnerRequest.MaxOwnerLength} characters, and no control characters, are allowed."
            );
        }

        var found = await FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var route = found.Value;

        var result = await CommitAsync(
            now => RouteEvents.OwnerChanged(AuditOrigin.From(request, now), route, owner),
            now => routes.SetOwner(route, owner, request.Caller.ActorId, now),
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refusal ? refusal : await AnswerAsync(route, cancellationToken);
    }

    public async ValueTask<ApiAnswer> AttestAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonOrEmptyAsync(
            TunnelJson.Default.AttestRouteRequest,
            AttestRouteRequest.Empty,
            cancellationToken
        );
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var wanted = body.Value;
        if (wanted.Note is { Length: > AttestRouteRequest.MaxNoteLength })
        {
            return RequestErrors.Invalid.Refuse(
                $"note: at most {AttestRouteRequest.MaxNoteLength} characters are allowed."
            );
        }

        var found = await FindAsync(request, cancellationToken);
        if (!found.IsOk)
        {
            return found.Refusal;
        }

        var route = found.Value;

        var before = await CountAsync(route, cancellationToken);
        if (wanted.Names is { } seen && seen != before.Names)
        {
            return Stale(before);
        }

        var note = wanted.Note?.Trim() is { Length: > 0 } text ? text : null;
        var result = await CommitAsync(
            now =>
                RouteEvents.Attested(
                    AuditOrigin.From(request, now),
                    route,
                    before.Names,
                    before.UnsanctionedNames,
                    note
                ),
            // Attests only the names in the audit entry, not those that an agent reports in the meantime.
            now => routes.Attest(route, note, before.Names, request.Caller.ActorId, now),
            cancellationToken
        );
        return result.IsStale ? Stale(await CountAsync(route, cancellationToken))
            : result.RefusalUnlessCommitted() is { } refusal ? refusal
            : await AnswerAsync(route, cancellationToken);
    }

    private async ValueTask<Result<RouteRow>> FindAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var tunnel = await access.FindLiveAsync(request, cancellationToken);
        if (!tunnel.IsOk)
        {
            return tunnel.Refusal;
        }

        return await routes.FindAsync(tunnel.Value.Id.Value, request.Route("route"), cancellationToken) is { } route
            ? route
            : RequestErrors.NotFound.Refuse();
    }

    private ValueTask<CommitResult> CommitAsync(
        Func<DateTimeOffset, AuditEvent> describe,
        Func<DateTimeOffset, Statement> change,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        return journal.CommitAsync(
            new Decision { Event = describe(now), Statements = [change(now)] },
            cancellationToken
        );
    }

    private async ValueTask<ApiAnswer> AnswerAsync(RouteRow route, CancellationToken cancellationToken)
    {
        var changed = await routes.FindAsync(route.TunnelId, route.Route, cancellationToken) ?? route;
        return ApiAnswer.Json(
            changed.ToDocument(await CountAsync(changed, cancellationToken), time.GetUtcNow()),
            TunnelJson.Default.RouteDocument
        );
    }

    private async ValueTask<RouteTotals> CountAsync(RouteRow route, CancellationToken cancellationToken) =>
        (await routes.CountAsync([route], cancellationToken)).GetValueOrDefault(
            (route.TunnelId, route.Route),
            RouteTotals.None
        );

    private static Refusal Stale(RouteTotals current) =>
        TunnelErrors.RouteNames.Refuse().With("names", JsonValue.Create(current.Names));
}
