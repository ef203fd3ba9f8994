using Culvert.Ca.Profiles;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// This installation's profiles, shaped by the options. Built before the ports open: an inconsistent one stops the
/// start, and the error lists all problems.
/// </summary>
internal sealed class CertificateProfiles
{
    public CertificateProfiles(CertificateOptions options)
    {
        var lives = options;
        List<string> errors = [];
        Server = Create(StandardProfiles.Server(lives.ServerLife) with { MaxLife = lives.ServerLifeMax });
        Agent = Create(StandardProfiles.Agent(lives.PlatformLife));
        Edge = Create(StandardProfiles.Edge(lives.PlatformLife));
        Service = Create(StandardProfiles.Service(lives.PlatformLife));
        OcspResponder = Create(StandardProfiles.OcspResponder());
        Trial = Create(StandardProfiles.Trial());
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(string.Join(" ", errors));
        }

        CertificateProfile Create(CertificateProfileOptions profile)
        {
            var made = CertificateProfile.Create(profile with { Backdate = lives.Backdate }, out var found);
            errors.AddRange(found.Select(error => $"Profile {profile.Name}: {error}"));
            return made!;
        }
    }

    public CertificateProfile Server { get; }

    public CertificateProfile Agent { get; }

    public CertificateProfile Edge { get; }

    public CertificateProfile Service { get; }

    /// <summary>Signs OCSP responses for the authority that certified it.</summary>
    public CertificateProfile OcspResponder { get; }

    /// <summary>The leaf that proves a new authority usable; its key is discarded.</summary>
    public CertificateProfile Trial { get; }
}
