using Culvert.Platform.Doctor;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Doctor;

/// <summary>
/// Checks the HSM's module, which runs inside the service, and its PIN: no other user may change the former or read the
/// latter.
/// </summary>
internal sealed class HsmFilesCheck : IDoctorCheck<ServiceFacts>
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public string Id => "hsm_files";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Options.Pkcs11 is not { } settings)
        {
            return DoctorFinding.Skip(Id, "keys.pkcs11 is not set.");
        }

        var module = settings.ModulePath;
        try
        {
            if (!File.Exists(module))
            {
                return DoctorFinding.Fail(
                    Id,
                    $"{module} does not exist.",
                    "It is the vendor's PKCS#11 library; without it no key of the HSM can be used.",
                    "Install it, or correct keys.pkcs11.module."
                );
            }

            if (
                (File.GetUnixFileMode(module) & OthersWrite) != 0
                || PosixFile.GetOwnerThroughLinks(module) is var owner
                    && owner != PosixFile.Root
                    && owner != PosixFile.Self
            )
            {
                return DoctorFinding.Fail(
                    Id,
                    $"{module} can be changed by others.",
                    "It runs inside the service, with the PIN and every sealed key in its reach.",
                    $"chown root {module} && chmod go-w {module}"
                );
            }

            _ = settings.ReadPin();
            return DoctorFinding.Pass(Id, $"{module} and the PIN are not for others.");
        }
        catch (Exception e) when (e is SecretUnavailableException or IOException or UnauthorizedAccessException)
        {
            return DoctorFinding.Fail(
                Id,
                e.Message,
                "Anyone with the PIN and access to the HSM can sign as every authority in it.",
                "Put the PIN into a file of the service's user with mode 0600: keys.pkcs11.pin: file:PATH"
            );
        }
    }
}
