using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Certificates.Rotation.Est;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Service.Certificates;

internal sealed record CertificateOptions
{
    /// <summary>Lifetime of an inner-TLS leaf; at least 5 s.</summary>
    public TimeSpan ServerLife { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan ServerLifeMax { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Lifetime of a machine's certificate (S10).</summary>
    public TimeSpan PlatformLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How far notBefore lies in the past; at most half the lifetime.</summary>
    public TimeSpan Backdate { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>File of keys never to certify: hex SHA-256 of a SubjectPublicKeyInfo per line; empty = none.</summary>
    public string BlockedKeysFile { get; init; } = "";

    /// <summary>One administrator may approve a CA alone (S16).</summary>
    public bool SingleApproval { get; init; }

    /// <summary>Time for clients to fetch a bundle on tunnels where no client acknowledges it (S17); 0 = none.</summary>
    public TimeSpan Propagation { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// The signing connector (S15): a program and its arguments, run without a shell. It reads the request from
    /// standard input and writes the chain to standard output. Empty = an administrator uploads the chain.
    /// </summary>
    public IReadOnlyList<string> SigningCommand { get; init; } = [];

    /// <summary>The only environment variables that the program gets; a trailing star matches any suffix.</summary>
    public IReadOnlyList<string> SigningEnvironment { get; init; } = ChildCommand.UsualEnvironment;

    /// <summary>An EST server (RFC 7030) as signing connector; null = none.</summary>
    public EstOptions? SigningEst { get; init; }

    /// <summary>How long the key of a retired or expired authority is kept before it is destroyed.</summary>
    public TimeSpan KeyRetention { get; init; } = TimeSpan.FromDays(30);

    public bool JustifyLintWarnings { get; init; }

    /// <summary>Authorities may have imported keys, of which copies may exist.</summary>
    public bool DangerousAllowKeyImport { get; init; }

    /// <summary>How long a staged platform root waits before it may sign, so that every node has read the bundle.</summary>
    public TimeSpan DangerousPlatformRootWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Number of revocation lists of a new authority, a power of two. Existing authorities keep theirs.</summary>
    public int RevocationShards { get; init; } = 128;

    /// <summary>Validity of a revocation list; the next one is published after half of it.</summary>
    public TimeSpan RevocationListLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Base URL of new authorities' lists, without a trailing slash; empty = the public URL.</summary>
    public string RevocationUrl { get; init; } = "";

    /// <summary>Every server certificate contains its list's address, not only those valid for more than a day.</summary>
    public bool ListAlways { get; init; }

    /// <summary>Validity of an OCSP response; after half of it, the next request gets a new one.</summary>
    public TimeSpan OcspLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Base URL of the OCSP responder, without a trailing slash; empty = the public URL.</summary>
    public string OcspUrl { get; init; } = "";

    public ResponderAddress ResponderAddress { get; init; }
}
