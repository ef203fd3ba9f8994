using System.Net;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Configuration;

/// <summary>The validated configuration of the service (<c>identity-service.yaml</c>).</summary>
internal sealed record ServiceOptions
{
    /// <summary>Issuer identifier and default audience, byte for byte; fixed by init.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Where machines reach 8444.</summary>
    public required string MachineUrl { get; init; }

    /// <summary>Of SPIFFE ids; the host of <see cref="PublicUrl"/> unless set; fixed by init.</summary>
    public required string TrustDomain { get; init; }

    /// <summary>0700, locked while running.</summary>
    public required string StateDirectory { get; init; }

    public IReadOnlyList<IPEndPoint> ApiListen { get; init; } = [new(IPAddress.IPv6Any, 8443)];

    /// <summary>Whether TCP balancers in front of 8443 send PROXY headers, and which.</summary>
    public ProxyProtocolOptions ApiProxyProtocol { get; init; } = new();

    /// <summary>HTTP balancers in front of 8443, whose forwarding headers name the client.</summary>
    public AddressRanges ApiTrustedProxies { get; init; } = AddressRanges.Empty;

    /// <summary>PEM files of 8443's own certificate; null = the platform CA issues one.</summary>
    public CertificatePair? ApiCertificate { get; init; }

    public IReadOnlyList<IPEndPoint> MachineListen { get; init; } = [new(IPAddress.IPv6Any, 8444)];

    /// <summary>As <see cref="ApiProxyProtocol"/>, in front of 8444.</summary>
    public ProxyProtocolOptions MachineProxyProtocol { get; init; } = new();

    public IReadOnlyList<IPEndPoint> HealthListen { get; init; } = [new(IPAddress.Loopback, 8445)];

    /// <summary>Serial prefix, 1–127; 0 = the one that is registered for the name, else the lowest free.</summary>
    public int NodeId { get; init; }

    /// <summary>Names this node's audit chain and service identity; empty = node-1, or node-<see cref="NodeId"/>.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>
    /// How long a node continues to serve after the signal to stop, not ready: longer than two health checks of its
    /// balancer, shorter than the time that its supervisor gives it.
    /// </summary>
    public TimeSpan DrainDelay { get; init; }

    public StorageOptions Storage { get; init; } = new();

    public required SealingKeyOptions SealingKey { get; init; }

    /// <summary>The HSM, if there is one.</summary>
    public Pkcs11Settings? Pkcs11 { get; init; }

    public TokenSigningOptions TokenSigning { get; init; } = new();

    public PlatformCaOptions PlatformCa { get; init; } = new();

    /// <summary>Outer bound of every issuer's and webhook's own private allowance (S27): networks, each with its port.</summary>
    public IReadOnlyList<PrivateNetwork> PrivateIssuerNetworks { get; init; } = [];

    /// <summary>How issuers, webhooks and enrolment servers are reached.</summary>
    public NetworkOptions Network { get; init; } = NetworkOptions.Default;

    public FederationOptions Federation { get; init; } = new();

    /// <summary>How long bodies of audit entries are kept; their digests stay for ever. At least 30 days.</summary>
    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Where every audit entry is sent as well.</summary>
    public IReadOnlyList<AuditTarget> AuditTargets { get; init; } = [];

    /// <summary>Who cosigns the transparency log.</summary>
    public TransparencyOptions Transparency { get; init; } = new();

    public CertificateOptions Certificates { get; init; } = new();

    public TunnelOptions Tunnels { get; init; } = new();

    public AgentOptions Agents { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    public NoticeOptions Notices { get; init; } = new();

    public MailOptions Mail { get; init; } = new();

    public SignInOptions SignIn { get; init; } = new();

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
