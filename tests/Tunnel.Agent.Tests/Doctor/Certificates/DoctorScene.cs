using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

/// <summary>An agent with everything in order; each test breaks the one thing that it is about.</summary>
internal sealed class DoctorScene : IDisposable
{
    public const string TunnelId = "tnl_010000000000000000000001";
    public const string Domain = "x.tunnel.test";

    private const string Spiffe = "spiffe://id.test/o/org/t/tnl_010000000000000000000001/agent/a1";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-doctor-").FullName;

    public DoctorScene()
    {
        Platform = new TestPki(Now, "Platform");
        Tunnel = new TestPki(Now, "Tunnel");
        Directory.CreateDirectory(
            StateFolder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        Write("ca.pem", Platform.RootPem);
    }

    public DateTimeOffset Now { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TestPki Platform { get; }

    public TestPki Tunnel { get; }

    public string StateFolder => Path.Combine(folder, "state");

    public string PathOf(string name) => Path.Combine(folder, name);

    public string Write(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.WriteAllText(PathOf(name), text);
        File.SetUnixFileMode(PathOf(name), mode);
        return PathOf(name);
    }

    public CertificateFacts Facts(string identity = "ca_file: ca.pem", string certificates = "{source: service}") =>
        new()
        {
            Settings = Settings(identity, certificates),
            State = State(),
            Now = Now,
            Announced = new FeedAnswer<AgentFeed>(null),
        };

    public AgentState State()
    {
        var own = PlatformLeaf();
        var leaf = Leaf();
        return new AgentState
        {
            Platform = own,
            PlatformDocument = Document(own, TimeSpan.FromHours(1), null),
            Id = SpiffeId.TryParse(Spiffe, out var id) ? id : null,
            MachineUrl = new Uri("https://id.test:8444"),
            Trust = Trust(Platform),
            Feed = Feed(),
            LastContact = Now,
            Server = leaf,
            ServerDocument = Document(leaf, TimeSpan.FromHours(24), "ca_1"),
        };
    }

    public AgentFeed Feed(long epoch = 3) =>
        new()
        {
            Revision = 7,
            Tunnel = new()
            {
                Id = TunnelId,
                Domain = Domain,
                Status = TunnelStatus.Active,
                TrustBundle = new(Epoch: epoch, Pem: Tunnel.ChainPem),
            },
            Edges = [],
            PlatformBundle = new(Epoch: 1, Pem: Platform.RootPem),
            RevokedSerials = [],
            ServerCertificateMode = ServerCertificateMode.Service,
        };

    public static PlatformTrust Trust(TestPki pki) =>
        PlatformTrust.TryCreate("id.test", pki.RootPem, out var trust) ? trust : throw new InvalidOperationException();

    public KeyAndCertificate PlatformLeaf() => Pair(Platform.Issue(Spiffe), Platform.ChainPem);

    public KeyAndCertificate Leaf(params string[] names) => LeafUntil(Now + TimeSpan.FromHours(24), names);

    public KeyAndCertificate LeafUntil(DateTimeOffset end, params string[] names) =>
        Pair(
            Tunnel.Issue(
                dnsNames: names.Length > 0 ? names : [Domain, $"*.{Domain}"],
                usages: [TestPki.ServerAuthentication],
                notBefore: Now - TimeSpan.FromHours(1),
                notAfter: end
            ),
            Tunnel.ChainPem
        );

    public static KeyAndCertificate Pair(X509Certificate2 leaf, string chainPem) =>
        KeyAndCertificate.FromPem(
            leaf.ExportCertificatePem() + "\n" + chainPem,
            leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()
        );

    public CertificateDocument Document(KeyAndCertificate pair, TimeSpan life, string? ca) =>
        new(
            Serial: pair.Serial,
            CertificatePem: pair.Certificate.ExportCertificatePem(),
            ChainPem: "",
            NotBefore: pair.NotBefore,
            NotAfter: pair.NotAfter,
            IssuedAt: Now,
            RenewAfter: Now + (life * 0.6),
            RenewBefore: Now + (life * 0.7),
            CaId: ca
        );

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private AgentSettings Settings(string identity, string certificates)
    {
        Write("idp-token", "eyJ.idp.token");
        var file = Write(
            "agent.yaml",
            $$"""
            config_version: 1
            state_dir: state
            identity:
              url: https://id.test:8443
              organization_id: 11111111-2222-3333-4444-555555555555
              rule_id: fdrl_010000000000000000000000
              token: {file: idp-token}
              {{identity}}
            tunnel: {id: {{TunnelId}}}
            certificates: {{certificates}}
            routes:
              docs:
                upstream: {url: "http://127.0.0.1:8080", allowed_ranges: [127.0.0.0/8]}
                oauth: {mode: dangerous_none}
              "@":
                upstream: {url: "http://127.0.0.1:8080", allowed_ranges: [127.0.0.0/8]}
                oauth: {mode: dangerous_none}
            """
        );
        var loaded = ConfigLoader.Load(
            ConfigLocation.Agent,
            file,
            AgentConfiguration.Read,
            new Dictionary<string, string>()
        );
        loaded.Errors.ShouldBeEmpty();
        return loaded.Settings!;
    }
}
