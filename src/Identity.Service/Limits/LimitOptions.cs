namespace Culvert.Identity.Service.Limits;

internal sealed record LimitOptions
{
    public const int LargestBody = 1024 * 1024;

    /// <summary>Per source address, on paths that no credential protects.</summary>
    public RateLimit ExchangePerAddress { get; init; } = new(50, TimeSpan.FromSeconds(1));

    /// <summary>
    /// All callers of the token endpoint together; far above the capacity of one node, so a last resort.
    /// </summary>
    public RateLimit ExchangeTotal { get; init; } = new(20_000, TimeSpan.FromSeconds(1));

    /// <summary>
    /// Per proved issuer and subject. The burst is for a fleet that shares a subject and starts at once.
    /// </summary>
    public RateLimit ExchangePerSubject { get; init; } = new(600, TimeSpan.FromMinutes(1));

    /// <summary>All subjects of one issuer together.</summary>
    public RateLimit ExchangePerIssuer { get; init; } = new(5_000, TimeSpan.FromSeconds(1));

    /// <summary>Per source address: refusals that are recorded singly, and failed credentials.</summary>
    public RateLimit HistoryPerAddress { get; init; } = new(10, TimeSpan.FromSeconds(1));

    /// <summary>Per caller and kind: requests that read much, or query name servers. People make few.</summary>
    public RateLimit CostlyPerCaller { get; init; } = new(30, TimeSpan.FromMinutes(1));

    /// <summary>Per source address: revocation lists and OCSP requests. Verifiers need few of them.</summary>
    public RateLimit ListsPerAddress { get; init; } = new(50, TimeSpan.FromSeconds(1));

    /// <summary>Revocation lists for all addresses together: each is up to 100 kB.</summary>
    public RateLimit ListsTotal { get; init; } = new(2_000, TimeSpan.FromSeconds(1));

    /// <summary>OCSP requests of all addresses together. Per address they count as lists.</summary>
    public RateLimit OcspTotal { get; init; } = new(2_000, TimeSpan.FromSeconds(1));

    /// <summary>OCSP answers that are signed on request: new ones, and those with a nonce.</summary>
    public RateLimit OcspSignatures { get; init; } = new(500, TimeSpan.FromSeconds(1));

    /// <summary>The most issuances in progress on this node; more are refused with 503.</summary>
    public int SigningQueue { get; init; } = 256;

    /// <summary>Per enrolment, edge or federated identity.</summary>
    public RateLimit CertificatesPerIdentity { get; init; } = new(60, TimeSpan.FromMinutes(1));

    /// <summary>All identities of one tunnel together.</summary>
    public RateLimit CertificatesPerTunnel { get; init; } = new(1_000, TimeSpan.FromMinutes(1));

    /// <summary>All certificates that one authority signs; the platform CA is one. A last resort.</summary>
    public RateLimit CertificatesPerAuthority { get; init; } = new(5_000, TimeSpan.FromSeconds(1));

    /// <summary>The most connections to the API's port of this node; 0 = half of the process's descriptors.</summary>
    public int ApiConnections { get; init; }

    /// <summary>The most connections to the machines' port of this node; 0 = a quarter of the descriptors.</summary>
    public int MachineConnections { get; init; }

    /// <summary>The most connections from one source address, on each port; 0 = half of the port's.</summary>
    public int ConnectionsPerAddress { get; init; }

    /// <summary>The most concurrent TLS handshakes from one source address, on each port.</summary>
    public int HandshakesPerAddress { get; init; } = 256;

    /// <summary>New connections from one source address, on each port. A balancer is one address.</summary>
    public RateLimit NewConnectionsPerAddress { get; init; } = new(500, TimeSpan.FromSeconds(1));

    /// <summary>The maximum size of a request's body; at most <see cref="LargestBody"/>.</summary>
    public int BodyBytes { get; init; } = LargestBody;
}
