using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Doctor;

/// <summary>
/// Checks the API's certificate if it comes from files: key and certificate match, it is current and has the right name.
/// </summary>
internal sealed class ApiCertificateCheck : IDoctorCheck<ServiceFacts>
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(3);

    public string Id => "api_certificate";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Options.ApiCertificate is not { } files)
        {
            return DoctorFinding.Skip(Id, "The platform CA issues it, and the service renews it.");
        }

        try
        {
            var pair = KeyAndCertificate.FromPem(
                File.ReadAllText(files.CertificateFile),
                PrivateFile.ReadText(files.KeyFile)
            );
            return Judge(pair, files.CertificateFile, facts) with
            {
                Evidence = [$"serial: {pair.Serial}", $"until: {pair.NotAfter:u}"],
            };
        }
        catch (Exception e)
            when (e
                    is CertificateUnusableException
                        or SecretUnavailableException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            return DoctorFinding.Fail(
                Id,
                e.Message,
                "The running service uses the last pair that it could read; it does not start without a valid pair.",
                $"Write the chain to {files.CertificateFile} and its key, mode 0600, to {files.KeyFile}."
            );
        }
    }

    private DoctorFinding Judge(KeyAndCertificate pair, string file, ServiceFacts facts)
    {
        var host = new Uri(facts.Options.PublicUrl).Host;
        if (!pair.Certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false))
        {
            return DoctorFinding.Fail(
                Id,
                $"It is not for {host}.",
                "Clients compare the name in public_url with those of the certificate.",
                $"Have it issued for {host}."
            );
        }

        return pair.NotAfter - facts.Now < Soon
            ? DoctorFinding.Fail(
                Id,
                $"It expires at {pair.NotAfter:u}.",
                "The job that renews it has stopped.",
                $"Renew {file}; the service reloads it automatically."
            )
            : DoctorFinding.Pass(Id, $"It is valid until {pair.NotAfter:u}.");
    }
}
