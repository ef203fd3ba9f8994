using System.Net;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.GitHubApps;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Configuration;

internal sealed record ServiceOptions
{
    /// <summary>The issuer identifier and default audience, byte for byte; fixed by init.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Where the secrets are that the configuration names, key files too, by their keys.</summary>
    public IReadOnlyList<KeyValuePair<string, SecretReference>> Secrets { get; init; } = [];

    /// <summary>The URL of port 8444 for machines.</summary>
    public required string MachineUrl { get; init; }

    /// <summary>The trust domain of SPIFFE ids; default: the host of <see cref="PublicUrl"/>; fixed by init.</summary>
    public required string TrustDomain { get; init; }

    /// <summary>Mode 0700, locked while the service runs.</summary>
    public required string StateDirectory { get; init; }

    public IReadOnlyList<IPEndPoint> ApiListen { get; init; } = [new(IPAddress.IPv6Any, 8443)];

    /// <summary>The PROXY protocol of TCP balancers in front of 8443.</summary>
    public ProxyProtocolOptions ApiProxyProtocol { get; init; } = new();

    /// <summary>HTTP balancers in front of 8443, whose forwarding headers are trusted.</summary>
    public AddressRanges ApiTrustedProxies { get; init; } = AddressRanges.Empty;

    /// <summary>The certificate files (PEM) of 8443; null = the platform CA issues one.</summary>
    public CertificatePair? ApiCertificate { get; init; }

    public IReadOnlyList<IPEndPoint> MachineListen { get; init; } = [new(IPAddress.IPv6Any, 8444)];

    public ProxyProtocolOptions MachineProxyProtocol { get; init; } = new();

    public IReadOnlyList<IPEndPoint> HealthListen { get; init; } = [new(IPAddress.Loopback, 8445)];

    /// <summary>The serial number prefix, 1–127; 0 = the id registered for the name, or the lowest unused one.</summary>
    public int NodeId { get; init; }

    /// <summary>
    /// The name of this node's audit chain and service identity; empty = node-1, or node-<see cref="NodeId"/>.
    /// </summary>
    public string NodeName { get; init; } = "";

    /// <summary>
    /// How long a stopping node continues to serve while it is not ready: longer than two health checks of its balancer,
    /// shorter than its supervisor's stop timeout.
    /// </summary>
    public TimeSpan DrainDelay { get; init; }

    public StorageOptions Storage { get; init; } = new();

    public required SealingKeyOptions SealingKey { get; init; }

    public Pkcs11Settings? Pkcs11 { get; init; }

    public TokenSigningOptions TokenSigning { get; init; } = new();

    public IReadOnlyList<GitHubAppOptions> GitHubApps { get; init; } = [];

    public PlatformCaOptions PlatformCa { get; init; } = new();

    /// <summary>The outer limit for every issuer's and webhook's private networks (S27): networks with ports.</summary>
    public IReadOnlyList<PrivateNetwork> PrivateIssuerNetworks { get; init; } = [];

    public NetworkOptions Network { get; init; } = NetworkOptions.Default;

    public FederationOptions Federation { get; init; } = new();

    /// <summary>How long bodies of audit entries are kept, at least 30 days; their digests are kept permanently.</summary>
    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Additional targets of every audit entry.</summary>
    public IReadOnlyList<AuditTarget> AuditTargets { get; init; } = [];

    /// <summary>The witnesses of the transparency log.</summary>
    public TransparencyOptions Transparency { get; init; } = new();

    public CertificateOptions Certificates { get; init; } = new();

    public TunnelOptions Tunnels { get; init; } = new();

    public AgentOptions Agents { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    public NoticeOptions Notices { get; init; } = new();

    public MailOptions Mail { get; init; } = new();

    public SignInOptions SignIn { get; init; } = new();

    public AuthorizationOptions Authorization { get; init; } = new();
    public OAuthClientOptions OAuthClients { get; init; } = new();

    public OutboundOptions Outbound => new() { Network = Network, PrivateNetworks = PrivateIssuerNetworks };

    public ServiceIdentity Identity => new(PublicUrl, MachineUrl, TrustDomain);

    public StoreSettings StoreSettings =>
        new()
        {
            Identity = Identity,
            Storage = Storage,
            SealingKey = SealingKey,
            StateDirectory = StateDirectory,
            NodeId = NodeId,
            NodeName = NodeName,
        };
}
