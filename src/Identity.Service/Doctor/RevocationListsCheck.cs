using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

internal sealed class RevocationListsCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "revocation_lists";

    public DoctorFinding Run(ServiceFacts facts)
    {
        var lists = facts.Store.Lists;
        if (lists.Count == 0)
        {
            return DoctorFinding.Skip(
                Id,
                facts.Store.Authorities.Count == 0 ? "Rests on database." : "No authority publishes any."
            );
        }

        IReadOnlyList<string> evidence =
        [
            .. lists.Select(one =>
                one.NextUpdate is null
                    ? $"{one.CaId}: not published yet"
                    : $"{one.CaId}: oldest from {one.ThisUpdate:u}, valid until {one.NextUpdate:u}, {one.Waiting} pending"
            ),
        ];
        var late = lists.Where(one => one.NextUpdate is null || one.NextUpdate < facts.Now).ToList();
        return (
            late.Count == 0
                ? DoctorFinding.Pass(Id, $"The lists of {lists.Count} authorities are fresh.")
                : DoctorFinding.Fail(
                    Id,
                    late[0].NextUpdate is { } end
                        ? $"A list of {late[0].CaId} expired at {end:u}."
                        : $"A list of {late[0].CaId} was never published.",
                    "Clients that insist on fresh lists refuse every certificate of that authority.",
                    "Check that the service runs and that its key signs. Search its log for events 3070 and later."
                )
        ) with
        {
            Evidence = evidence,
        };
    }
}
