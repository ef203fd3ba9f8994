using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>Checks that the HSM accepts the PIN and that each authority's key signs as the registered key.</summary>
internal sealed class HsmCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "hsm";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Options.Pkcs11 is null)
        {
            return facts.Store.HsmKeys.Count == 0
                ? DoctorFinding.Skip(Id, "keys.pkcs11 is not set.")
                : DoctorFinding.Fail(
                    Id,
                    $"{facts.Store.HsmKeys.Count} authorities have their key in an HSM, but no HSM is configured.",
                    "This node cannot sign for them.",
                    "Set keys.pkcs11 as on the other nodes."
                );
        }

        if (facts.Hsm is not { } hsm)
        {
            return DoctorFinding.Skip(Id, "Rests on hsm_files.");
        }

        if (hsm.Error is { } refused)
        {
            return DoctorFinding.Fail(
                Id,
                refused,
                "The token is missing, or refuses the PIN. An HSM locks after several wrong PINs: do not retry repeatedly.",
                "Compare keys.pkcs11.token and its PIN with the output of the HSM's own tools."
            );
        }

        var errors = hsm.Keys.Where(key => key.Error is not null).ToList();
        return errors.Count == 0
            ? DoctorFinding.Pass(
                Id,
                hsm.Keys.Count == 0
                    ? "It lets us in; no authority has its key in it."
                    : $"The login succeeded, and all {hsm.Keys.Count} keys made valid test signatures.",
                [.. hsm.Keys.Select(key => $"{key.Label}: {key.AuthorityId}")]
            )
            : DoctorFinding.Fail(
                Id,
                $"{errors[0].Label}: {errors[0].Error}",
                "The service cannot sign leaf certificates and revocation lists of that authority.",
                "Find the label with the HSM's own tools; if the key is lost, create a new authority."
            ) with
            {
                Evidence = [.. hsm.Keys.Select(key => $"{key.AuthorityId} {key.Label}: {key.Error ?? "signs"}")],
            };
    }
}
