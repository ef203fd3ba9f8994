using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>
/// <c>/v1/organizations/federation_issuers/{id}/kill</c> and <c>/unkill</c>. A kill is in force on every node within a
/// second, regardless of caches, fetches and restarts, until an operator undoes it.
/// </summary>
internal sealed class IssuerKillEndpoints(
    IssuerStore issuers,
    IIssuerControlStore controls,
    IssuerGuard guard,
    FederationDirectory directory,
    FederationChanges changes,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> KillAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var (issuer, order) = read.Value;

        var thumbprints = FindKeys(issuer, order);
        var lines = new[] { (order.Kind, order.Value) }
            .Concat(thumbprints.Select(thumbprint => (KillKind.Key, thumbprint)))
            .Select(line => new StoredKill(
                issuer.Id.Value,
                order.Cause,
                line.Item1,
                line.Item2,
                order.Reason,
                time.GetStoreNow(),
                request.Caller.ActorId
            ))
            .ToList();
        var change = IssuerEvents.Killed(
            AuditEvents.IssuerKeysKilled,
            AuditOrigin.From(request, time.GetUtcNow()),
            issuer,
            order,
            thumbprints
        );
        if (await CommitAsync(change, [.. lines.Select(controls.Kill)], cancellationToken) is { } refused)
        {
            return refused;
        }

        // After a repeated kill, the answer contains everything that is killed.
        var all = await controls.KillsOfAsync(issuer.Id, cancellationToken);
        return ApiAnswer.Json(
            KillDocument.From(all.Where(line => line.Cause == order.Cause))[0],
            FederationJson.Default.KillDocument
        );
    }

    public async ValueTask<ApiAnswer> UnkillAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var (issuer, order) = read.Value;

        // Restoring keys grants what their tokens may get; killing them never does.
        var (forbidden, conditions) = await guard.CheckAsync(request.Caller, issuer, issuer, cancellationToken);
        if (forbidden is not null)
        {
            return forbidden;
        }

        var all = await controls.KillsOfAsync(issuer.Id, cancellationToken);
        var lines = all.Where(line => line.Cause == order.Cause).ToList();
        if (lines.Count == 0)
        {
            return FederationErrors.NotKilled.Refuse();
        }

        var thumbprints = lines.Where(line => line.Kind == KillKind.Key).Select(line => line.Value).ToList();
        var change = IssuerEvents.Killed(
            AuditEvents.IssuerKeysRestored,
            AuditOrigin.From(request, time.GetUtcNow()),
            issuer,
            order,
            thumbprints
        );
        IReadOnlyList<Statement> statements = [.. controls.Undo(issuer.Id, order.Cause), .. conditions];
        return await CommitAsync(change, statements, cancellationToken) is { } refused
            ? refused
            : ApiAnswer.Json(KillDocument.From(lines)[0], FederationJson.Default.KillDocument);
    }

    private async ValueTask<Result<(Issuer Issuer, KillOrder Order)>> ReadAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.KillRequest, cancellationToken);
        if (!bodyResult.IsOk)
        {
            return bodyResult.Refusal;
        }

        var orderResult = KillOrder.Read(bodyResult.Value);
        if (!orderResult.IsOk)
        {
            return orderResult.Refusal;
        }

        var id = request.Route("id");
        var issuer = await issuers.FindAsync(request.Caller.OrganizationId, id, cancellationToken);
        return issuer is null ? RequestErrors.NotFound.Refuse() : (issuer, orderResult.Value);
    }

    // The thief may publish the stolen key again under a new name.
    private IReadOnlyList<string> FindKeys(Issuer issuer, KillOrder order)
    {
        var present = directory.Current.FindKeys(issuer.Id)?.PresentKeys?.Keys ?? [];
        return order.Kind switch
        {
            KillKind.Kid => [.. present.Where(key => key.KeyId == order.Value).Select(key => key.Thumbprint)],
            KillKind.KeySet => [.. present.Select(key => key.Thumbprint)],
            _ => [],
        };
    }

    private ValueTask<Refusal?> CommitAsync(
        AuditEvent change,
        IReadOnlyList<Statement> statements,
        CancellationToken cancellationToken
    ) => changes.CommitAsync(change, statements, ChangeTopics.IssuerKeys, cancellationToken);
}
