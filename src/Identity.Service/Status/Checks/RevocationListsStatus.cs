using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Status.Checks;

internal sealed class RevocationListsStatus(CertificateHealthStore store, TimeProvider time) : IStatusCheck
{
    // Sorted by expiry, so that no expired list is missed up to this many authorities.
    private const int MaxAuthorities = 200;

    public string Name => "revocation_lists";

    public bool IsShownTo(Caller caller) => StatusRights.MayRead(caller, AuthorityOperations.List);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lists = await store.ListListsAsync(now, MaxAuthorities, cancellationToken, caller.OrganizationId);
        List<StatusFinding> found = [.. lists.Select(list => Judge(list, now)).OfType<StatusFinding>()];
        return found.Count > 0 ? found
            : lists.Count == 0 ? [StatusFinding.Ok($"No authority publishes revocation lists.")]
            :
            [
                StatusFinding.Ok(
                    $"Every revocation list is valid; the first expires at {lists.Min(list => list.NextUpdate):u}."
                ),
            ];
    }

    private static StatusFinding? Judge(ListAge list, DateTimeOffset now) =>
        list.NextUpdate is not { } end
            ? StatusFinding.Warning(
                list.CaId,
                $"A revocation list of authority {list.CaId} was never published.",
                "culvert job run revocation_lists"
            )
        : end < now
            ? StatusFinding.Problem(
                list.CaId,
                $"A revocation list of authority {list.CaId} expired at {end:u}: verifiers that require one refuse its certificates.",
                "culvert job run revocation_lists"
            )
        : null;
}
