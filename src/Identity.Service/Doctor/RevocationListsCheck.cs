using Culvert.Identity.Service.Status.Checks;
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
        return
            lists.Select(one => RevocationListsStatus.Judge(one, facts.Now)).FirstOrDefault(late => late is not null)
                is { } found
            // A list that was never published fails here too: the service may have stopped before it signed one.
            ? found with
            {
                Status = DoctorStatus.Fail,
                Evidence = evidence,
            }
            : DoctorFinding.Pass(Id, $"The lists of {lists.Count} authorities are fresh.", evidence);
    }
}
