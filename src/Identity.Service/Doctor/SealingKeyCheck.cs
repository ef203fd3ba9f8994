using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>Checks the sealing key: private, owned by this user, and the right one (S19).</summary>
internal sealed class SealingKeyCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "sealing_key";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Store.Error is not null)
        {
            return DoctorFinding.Skip(Id, "Rests on database.");
        }

        return facts.Store.SealingError is { } error
            ? DoctorFinding.Fail(
                Id,
                error,
                "Without it the service cannot open any authority's key: it can sign nothing, and the keys cannot be recreated.",
                "Restore the file from its own backup; it is never part of the database's."
            )
            : DoctorFinding.Pass(Id, "It opens the store's canary, and other users cannot read it.");
    }
}
