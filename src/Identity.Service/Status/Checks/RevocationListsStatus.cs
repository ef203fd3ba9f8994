using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

internal sealed class RevocationListsStatus(CertificateHealthStore store, TimeProvider time)
    : StatusCheck(Check, AuthorityOperations.List)
{
    private const string Check = "revocation_lists";

    // Sorted by expiry, so that no expired list is missed up to this many authorities.
    private const int MaxAuthorities = 200;

    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lists = await store.ListListsAsync(now, MaxAuthorities, cancellationToken, caller.OrganizationId);
        return
        [
            .. lists.Select(list => Judge(list, now)).OfType<DoctorFinding>(),
            lists.Count == 0
                ? Ok($"No authority publishes revocation lists.")
                : Ok($"Every revocation list is valid; the first expires at {lists.Min(list => list.NextUpdate):u}."),
        ];
    }

    /// <summary>Judges the lists of one authority, for the doctor too; null = they are valid.</summary>
    public static DoctorFinding? Judge(ListAge list, DateTimeOffset now) =>
        list.NextUpdate is not { } end
            ? Late(list, $"A revocation list of authority {list.CaId} was never published.") with
            {
                Status = DoctorStatus.Warn,
            }
        : end < now ? Late(list, $"A revocation list of authority {list.CaId} expired at {end:u}.")
        : null;

    private static DoctorFinding Late(ListAge list, FormattableString summary) =>
        DoctorFinding.Fail(
            Check,
            FormattableString.Invariant(summary),
            "Clients that insist on fresh lists refuse every certificate of that authority.",
            "culvert job run revocation_lists",
            "Check that the service runs and that its key signs. Search its log for event 120 and events 3070 and later."
        ) with
        {
            Subject = list.CaId,
        };
}
