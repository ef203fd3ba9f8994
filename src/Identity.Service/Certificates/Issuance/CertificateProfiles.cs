using Culvert.Ca.Profiles;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The profiles of this installation, shaped by the options. Built before the ports open: an inconsistent profile stops
/// the start, and the error lists every problem of every profile.
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

    /// <summary>Inner TLS, issued by a tunnel's authority.</summary>
    public CertificateProfile Server { get; }

    /// <summary>An agent's platform certificate.</summary>
    public CertificateProfile Agent { get; }

    /// <summary>An edge's platform certificate.</summary>
    public CertificateProfile Edge { get; }

    public CertificateProfile Service { get; }

    /// <summary>Signs OCSP responses for the authority that certified it.</summary>
    public CertificateProfile OcspResponder { get; }

    /// <summary>The leaf that proves a new authority usable; its key is discarded.</summary>
    public CertificateProfile Trial { get; }
}
