using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Machine.Client.State;

/// <summary>
/// An agent's state directory, read only, also while the agent runs. Content of another service or tunnel is shown as
/// absent, as the agent itself sees it.
/// </summary>
public sealed record AgentState
{
    private const string FilePlatform = "platform.json";
    private const string FileFeed = "feed.json";
    private const string FileServer = "server.json";

    /// <summary>The platform certificate with its key; null when no usable one is stored.</summary>
    public KeyAndCertificate? Platform { get; init; }

    /// <summary>The service's description of the platform certificate, with its renewal window.</summary>
    public CertificateDocument? PlatformDocument { get; init; }

    /// <summary>The service's reason for withdrawing the certificate; null while it is valid.</summary>
    public string? Withdrawal { get; init; }

    public SpiffeId? Id { get; init; }

    /// <summary>The identity of a stored certificate for another tunnel or service. Everything else is then empty.</summary>
    public SpiffeId? ForeignId { get; init; }

    /// <summary>With <see cref="ForeignId"/>: the base URL of the service that issued it.</summary>
    public string ForeignUrl { get; init; } = "";

    /// <summary>The base of the mTLS API, from the enrolment.</summary>
    public Uri? MachineUrl { get; init; }

    /// <summary>The current platform roots; null before the first enrolment.</summary>
    public PlatformTrust? Trust { get; init; }

    /// <summary>The last good feed; null before the first.</summary>
    public AgentFeed? Feed { get; init; }

    /// <summary>When the service last confirmed the feed.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>The inner-TLS leaf that the service issued; null when there is none.</summary>
    public KeyAndCertificate? Server { get; init; }

    public CertificateDocument? ServerDocument { get; init; }

    /// <summary>When the newest stored audit checkpoint was signed; null when there is none.</summary>
    public DateTimeOffset? NewestCheckpoint { get; init; }

    /// <summary>The alarm of the stored audit checkpoints (S30); null while they agree.</summary>
    public string? AuditAlarm { get; init; }

    /// <summary>Files that could not be used: damaged, accessible to others, or for another machine.</summary>
    public IReadOnlyList<string> Unusable { get; init; } = [];

    /// <summary>Reads the directory without writing and without a lock.</summary>
    public static AgentState Read(IdentityOptions identity, string tunnelId, string directory)
    {
        using var files = StateDirectory.OpenReadOnly(directory);
        var id = InstanceIdFile.Find(files);
        if (id is null)
        {
            return new AgentState { Unusable = Present(files, FilePlatform, FileFeed, FileServer) };
        }

        var dialect = new AgentDialect(tunnelId, id, () => []);
        var store = new CredentialStore<AgentFeed>(files, identity.Url.OriginalString, dialect, NullLogger.Instance);
        if (
            store.FindForeignIdentity() is { } foreign
            && SpiffeId.TryParse(foreign.Enrolment.SpiffeId, out var foreignId)
            && (foreignId.TunnelId != tunnelId || foreign.Url != identity.Url.OriginalString)
        )
        {
            return new AgentState { ForeignId = foreignId, ForeignUrl = foreign.Url };
        }

        var platform = store.LoadIdentity();
        var server = store.LoadServerCertificate(null);
        var feed = store.LoadFeed();
        var checkpoints = CheckpointWatch.Load(files);
        var bundle = feed?.Feed.PlatformBundle ?? platform?.Enrolment.PlatformBundle;
        PlatformTrust.TryCreate(platform?.Enrolment.TrustDomain ?? "", bundle?.Pem, out var trust);
        var state = new AgentState
        {
            PlatformDocument = platform?.Enrolment.Certificate,
            Platform = platform is null ? null : Join(platform.Enrolment.Certificate, platform.KeyPem),
            Withdrawal = platform?.Withdrawal,
            Id = SpiffeId.TryParse(platform?.Enrolment.SpiffeId, out var spiffe) ? spiffe : null,
            MachineUrl = Uri.TryCreate(platform?.Enrolment.MachineUrl, UriKind.Absolute, out var url) ? url : null,
            Trust = trust,
            Feed = feed?.Feed,
            LastContact = feed?.LastContact,
            ServerDocument = server?.Certificate,
            Server = server is null ? null : Join(server.Certificate, server.KeyPem),
            NewestCheckpoint = checkpoints?.FindLast(line => line.Alarm is null)?.Time,
            AuditAlarm = checkpoints?.FindLast(line => line.Alarm is not null)?.Alarm,
        };
        string[] suspects =
        [
            .. state.Platform is null ? [FilePlatform] : Array.Empty<string>(),
            .. state.Feed is null ? [FileFeed] : Array.Empty<string>(),
            .. state.Server is null ? [FileServer] : Array.Empty<string>(),
            .. checkpoints is null ? [CheckpointWatch.FileName] : Array.Empty<string>(),
        ];
        return state with { Unusable = Present(files, suspects) };
    }

    // Never prints the private keys.
    public override string ToString() => $"{nameof(AgentState)} {PlatformDocument?.Serial}";

    private static string[] Present(StateDirectory files, params string[] names) =>
        [.. names.Select(files.GetPath).Where(File.Exists)];

    private static KeyAndCertificate? Join(CertificateDocument certificate, string keyPem)
    {
        try
        {
            return KeyAndCertificate.FromPem(certificate.CertificatePem + "\n" + certificate.ChainPem, keyPem);
        }
        catch (CertificateUnusableException)
        {
            return null;
        }
    }
}
