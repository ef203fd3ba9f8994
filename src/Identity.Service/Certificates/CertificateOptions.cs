using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Certificates.Rotation.Est;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Service.Certificates;

internal sealed record CertificateOptions
{
    /// <summary>Life of an inner-TLS leaf; at least 5 s.</summary>
    public TimeSpan ServerLife { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan ServerLifeMax { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Life of a machine's certificate (S10).</summary>
    public TimeSpan PlatformLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How far notBefore lies in the past; at most half the life.</summary>
    public TimeSpan Backdate { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Keys that are never certified: one SHA-256 of a SubjectPublicKeyInfo per line, in hex; empty = no list.
    /// </summary>
    public string BlockedKeysFile { get; init; } = "";

    /// <summary>One person approves a CA alone (S16).</summary>
    public bool SingleApproval { get; init; }

    /// <summary>
    /// How long clients have to fetch a new trust bundle on tunnels where none of them says what it holds (S17); 0 = no
    /// time.
    /// </summary>
    public TimeSpan Propagation { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// The signing connector (S15): a program and its arguments, run without a shell; the request on its standard
    /// input, the chain on its standard output. Empty = requests wait for people.
    /// </summary>
    public IReadOnlyList<string> SigningCommand { get; init; } = [];

    /// <summary>
    /// Variables that the signing connector's program gets; a star at the end matches any suffix. It gets nothing else
    /// of the service's environment.
    /// </summary>
    public IReadOnlyList<string> SigningEnvironment { get; init; } = ChildCommand.UsualEnvironment;

    /// <summary>An enrolment server (RFC 7030) as signing connector; null = none.</summary>
    public EstOptions? SigningEst { get; init; }

    /// <summary>How long a retired or expired authority's key is kept before it is destroyed.</summary>
    public TimeSpan KeyRetention { get; init; } = TimeSpan.FromDays(30);

    public bool JustifyLintWarnings { get; init; }

    /// <summary>Authorities may have keys that were made elsewhere, of which copies may exist.</summary>
    public bool DangerousAllowKeyImport { get; init; }

    /// <summary>How long a staged platform root waits before it may sign: every node of the service has read the bundle by then.</summary>
    public TimeSpan DangerousPlatformRootWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Revocation lists of a new authority: a power of two. Existing authorities keep theirs.</summary>
    public int RevocationShards { get; init; } = 128;

    /// <summary>How long a revocation list holds; the next one is there after half of it.</summary>
    public TimeSpan RevocationListLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Where new authorities' lists are fetched, without a final slash; empty = the public URL.</summary>
    public string RevocationUrl { get; init; } = "";

    /// <summary>
    /// Every server certificate contains its list's address. Else those alone that live longer than a day: the others
    /// end before most verifiers look again.
    /// </summary>
    public bool ListAlways { get; init; }

    /// <summary>How long an OCSP answer holds; from half of it on, the next request gets a new one.</summary>
    public TimeSpan OcspLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where OCSP requests are sent, without a final slash; empty = the public URL.</summary>
    public string OcspUrl { get; init; } = "";

    /// <summary>Which server certificates contain their OCSP responder's address.</summary>
    public ResponderAddress ResponderAddress { get; init; }
}
