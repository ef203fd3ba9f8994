using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Simulation;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.GitHubApps;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Machines;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Scim;
using Culvert.Identity.Service.Servers.Calls;
using Culvert.Identity.Service.Servers.Policies;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tokens.Assertions;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Challenges;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Tunnels.RangeSets;
using Culvert.Identity.Service.Webhooks;
using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;
using Culvert.Platform.Certificates;
using Culvert.Platform.Issuers;
using Culvert.Platform.Transparency;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Events;

/// <summary>Every audit event, with each of its optional members set and not set. Times, ids and keys are fixed.</summary>
internal static class AuditSamples
{
    private const string Organization = "org_1";

    // With an offset and a fraction: both are written as UTC.
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(1));

    private static readonly AuditCause Caller = new(
        new AuditActor
        {
            Type = "person",
            Id = "key_1",
            Issuer = "https://idp.example",
            Subject = "Zoë <z@example>",
            Audience = ["one", "two"],
            IpAddress = "192.0.2.1",
            UserAgent = "agent/1 \"x\"",
        },
        "req_1"
    );

    private static readonly AuditOrigin ByCaller = new(At, Caller);

    private static readonly AuditOrigin Own = AuditOrigin.System(At);

    private static readonly Service.Tunnels.Tunnel Tunnel = new()
    {
        Id = TunnelId.Wrap("tnl_1"),
        OrganizationId = Organization,
        WorkspaceId = "wrkspc_1",
        Domain = "abc.tunnel.example",
        CreatedAt = At,
        Revision = 3,
        ClientSourceRanges = [],
        AgentSourceRanges = [],
        AllowTunnelToken = false,
        BundleEpoch = 1,
        TokenId = TunnelTokenId.Wrap("tnltok_1"),
    };

    private static readonly Service.Tunnels.Tunnel FullTunnel = Tunnel with
    {
        DisplayName = "Wägen & Ähren",
        Revision = 4,
        ClientSourceRanges = ["192.0.2.0/24", "2001:db8::/32"],
        AgentSourceRanges = ["198.51.100.0/24"],
        ClientRangeSets = ["office"],
        Limits = new TunnelLimits(10, "5/s", 1_000_000_000_000, 7),
        Affinity = "source",
        OfflineGraceSeconds = 600,
        PublicPort = 8443,
        AllowTunnelToken = true,
        EdgeIds = ["edge_1", "edge_2"],
        AssertionAudiences = ["api://AzureADTokenExchange"],
    };

    private static readonly Edge Edge = new()
    {
        Id = EdgeId.Wrap("edge_1"),
        Name = "north",
        Addresses = ["192.0.2.7", "2001:db8::7"],
        DnsNames = ["edge.example"],
        CreatedAt = At,
    };

    private static readonly AdminKey AdminKey = new()
    {
        Id = AdminKeyId.Wrap("key_1"),
        OrganizationId = Organization,
        Name = "ops",
        Scopes = new HashSet<string>(StringComparer.Ordinal) { "b", "a" },
        CreatedAt = At,
        ExpiresAt = At.AddDays(1),
    };

    private static readonly Organization Tenant = new(Organization, "Acme", At);

    private static readonly Workspace Workspace = new(WorkspaceId.Wrap("wrkspc_1"), Organization, "Default", true, At);

    private static readonly CertificateRecord Certificate = new()
    {
        Id = CertificateId.Wrap("cert_1"),
        Serial = "0a",
        Kind = CertificateKind.Service,
        Status = CertificateStatus.Intent,
        Identity = "spiffe://example/service",
        IssuedAt = At,
        NotBefore = At.AddMinutes(-5),
        NotAfter = At.AddHours(1),
    };

    private static readonly CertificateRecord FullCertificate = Certificate with
    {
        Kind = CertificateKind.Agent,
        OrganizationId = Organization,
        TunnelId = "tnl_1",
        EnrollmentId = "agt_1",
        EdgeId = "edge_1",
        CaId = "ca_1",
        RevocationReason = RevocationReason.Superseded,
        Fingerprint = "ff00",
    };

    private static readonly PlatformAuthority Root = new()
    {
        Id = CertificateAuthorityId.Wrap("ca_1"),
        Tier = PlatformTier.Root,
        Certificate = ReadCertificate(),
        SealedKey = null,
        CreatedAt = At,
    };

    private static readonly RelyingParty Party = new()
    {
        Id = RelyingPartyId.Wrap("rp_1"),
        OrganizationId = Organization,
        WorkspaceId = "wrkspc_1",
        TunnelId = Tunnel.Id,
        Name = "gateway",
        CreatedBy = "key_1",
        CreatedAt = At,
    };

    private static readonly TunnelAuthority Authority = new()
    {
        Id = CertificateAuthorityId.Wrap("ca_2"),
        OrganizationId = Organization,
        WorkspaceId = "wrkspc_1",
        TunnelId = Tunnel.Id,
        Name = "acme",
        State = AuthorityState.Draft,
        CreatedAt = At,
    };

    private static readonly AuthorityOverride Forced = new(["agt_1"], "incident", "key_2", "person_2", At);

    private static readonly TunnelAuthority FullAuthority = Authority with
    {
        Custody = AuthorityCustody.TrustOnly,
        State = AuthorityState.Active,
        Fingerprint = "ff01",
        SubmittedBy = "key_1",
        ApprovedBy = "key_2",
        RegisteredCertificateId = RegisteredCertificateId.Wrap("tcrt_1"),
        Override = Forced,
        Findings =
        [
            new AuthorityFinding(Code: "ca.weak", Message: "weak"),
            new AuthorityFinding(Code: "ca.eku", Message: "eku"),
        ],
    };

    private static readonly RegisteredCertificate Registered = new()
    {
        Id = RegisteredCertificateId.Wrap("tcrt_1"),
        TunnelId = Tunnel.Id,
        Fingerprint = "ff02",
        CertificatePem = "",
        CreatedAt = At,
        ExpiresAt = At.AddYears(1),
    };

    private static readonly Issuer Issuer = new()
    {
        Id = IssuerId.Wrap("iss_1"),
        OrganizationId = Organization,
        Name = "corp",
        Url = "https://idp.example",
        KeySource = new DiscoveryKeySource(null, null),
        MaxJwtLifetimeSeconds = 3600,
        AllowedTargets = [],
        Stamps = ChangeStamps.Created(At, "key_1"),
    };

    private static readonly Rule Rule = new()
    {
        Id = RuleId.Wrap("rule_1"),
        OrganizationId = Organization,
        Name = "deploy",
        Description = "",
        IssuerId = Issuer.Id,
        ServiceAccountId = ServiceAccountId.Wrap("svac_1"),
        Match = new RuleMatch(),
        Scopes = ["tunnel:agent"],
        TokenLifetimeSeconds = 600,
        AppliesToAllWorkspaces = true,
        WorkspaceIds = [],
        TunnelIds = [],
        EdgeIds = [],
        EnforcedVersion = null,
        Stamps = Issuer.Stamps,
    };

    private static readonly ServiceAccount Account = new()
    {
        Id = Rule.ServiceAccountId,
        OrganizationId = Organization,
        Name = "deployer",
        Description = "",
        Role = OrganizationRole.Developer,
        Version = 2,
        Stamps = Issuer.Stamps,
    };

    private static readonly RouteRow Route = new()
    {
        TunnelId = "tnl_1",
        OrganizationId = Organization,
        Route = "wiki",
        FirstSeenAtMs = 1_700_000_000_000,
    };

    private static readonly RouteRow OwnedRoute = new()
    {
        TunnelId = "tnl_1",
        OrganizationId = Organization,
        Route = "wiki",
        FirstSeenAtMs = 1_700_000_000_000,
        AttestedAtMs = 1_710_000_000_001,
        Owner = "team-a",
    };

    private static readonly CallApprovalRow Approval = new()
    {
        Id = "appr_1",
        Ordinal = 1,
        TunnelId = "tnl_1",
        OrganizationId = Organization,
        Binding = "b1",
        CallerKey = "c1",
        Description = JsonSerializer.Serialize(
            new CallApprovalRequest(
                Binding: "b1",
                Route: "wiki",
                Hostname: "abc.tunnel.example",
                Method: "tools/call",
                Kind: "tool",
                Name: "delete",
                Rule: "r1",
                Issuer: "https://idp.example",
                Subject: "zoe",
                ClientId: "cli",
                PolicyVersion: "v1",
                Pin: "p1",
                Approvers: 2,
                ExpiresIn: 60,
                Arguments: []
            ),
            WireJson.Default.CallApprovalRequest
        ),
        Approvers = 2,
        State = "pending",
        CreatedAtMs = 1,
        ExpiresAtMs = 2,
    };

    private static readonly RoutePolicyRow Policy = new()
    {
        Id = "pol_2",
        Ordinal = 1,
        TunnelId = "tnl_1",
        OrganizationId = Organization,
        Hostname = "abc.tunnel.example",
        Version = 2,
        Content = "",
        Digest = "d2",
        State = "draft",
        DraftedBy = "key_1",
        DraftedPerson = "person_1",
        DraftedAtMs = 1,
    };

    private static readonly RefreshGrant SignIn = new()
    {
        Id = "grant_1",
        OrganizationId = Organization,
        IssuerId = "fdis_1",
        Person = new SignedInPerson("https://idp.example", "ada", "Ada", "{}"),
        RefreshKey = [],
        ClientId = "ocl_1",
        Resource = "https://docs.abc.tunnel.example/mcp",
        Scope = "files.read files.write",
        RuleId = "rule_1",
        Family = "family_1",
        KeyThumbprint = "jkt_1",
        SignedInAt = At,
        IdleUntil = At.AddDays(30),
        ExpiresAt = At.AddDays(90),
    };

    private static readonly PresentedAssertion Presented = new(Organization, "fdis_1", "ocl_1", "jti-2")
    {
        Terms = new IdentityAssertionTerms(
            "https://docs.abc.tunnel.example/mcp",
            ["files.read", "files.write"],
            ["files.read"]
        ),
    };

    private static readonly Connection Connection = new()
    {
        Id = ConnectionId.Wrap("conn_1"),
        OrganizationId = Organization,
        TunnelId = "tunnel_1",
        Route = "docs",
        DisplayName = "Vendor",
        Issuer = "https://vendor.example",
        AuthorizationEndpoint = "https://vendor.example/authorize",
        TokenEndpoint = "https://vendor.example/token",
        RevocationEndpoint = "https://vendor.example/revoke",
        ClientId = "culvert",
        ClientAuth = ConnectionClientAuth.ClientSecretBasic,
        SealedClientSecret = [1],
        Scopes = ["files.read"],
        Resource = "https://vendor.example/mcp",
        AllowedTargets = [new AllowedTarget(IPNetwork.Parse("10.0.0.0/8"), 443)],
        Stamps = new ChangeStamps
        {
            CreatedAt = At,
            CreatedBy = "key_1",
            UpdatedAt = At,
            UpdatedBy = "key_1",
        },
    };

    private static readonly ConnectionGrant ConnectionGrant = new()
    {
        Id = ConnectionGrantId.Wrap("cgrt_1"),
        ConnectionId = Connection.Id,
        OrganizationId = Organization,
        Person = new ConnectionPerson("https://idp.example", "ada"),
        AccessToken = "never written",
        RefreshToken = "never written",
        Scope = "files.read",
        SignedInAt = At,
        CreatedAt = At,
        EndReason = "by_person",
        RevokeAttempts = 2,
    };

    private static readonly RegisteredClient Client = new()
    {
        Id = OAuthClientId.Wrap("ocl_1"),
        OrganizationId = Organization,
        Name = "Editor",
        RedirectUris = ["https://client.example/callback"],
        RequiresDpop = true,
        Stamps = new ChangeStamps
        {
            CreatedAt = At,
            CreatedBy = "key_1",
            UpdatedAt = At,
            UpdatedBy = "key_1",
        },
    };

    private static readonly ScimResource ScimUser = new()
    {
        Type = ScimResourceType.User,
        Id = "scu_1",
        OrganizationId = Organization,
        IssuerId = "fdis_1",
        Attributes = new()
        {
            ["userName"] = "ada@example.com",
            ["externalId"] = "ada",
            ["active"] = true,
        },
        Subject = "ada",
        CreatedAt = At,
        UpdatedAt = At,
    };

    private static readonly ScimResource ScimGroup = ScimUser with
    {
        Type = ScimResourceType.Group,
        Id = "scg_1",
        Attributes = new()
        {
            ["displayName"] = "Engineering",
            ["members"] = new System.Text.Json.Nodes.JsonArray(
                new System.Text.Json.Nodes.JsonObject { ["value"] = "scu_1" }
            ),
        },
        Subject = null,
    };

    private static readonly SignalStream Stream = new()
    {
        IssuerId = IssuerId.Wrap("fdis_1"),
        OrganizationId = Organization,
        TransmitterIssuer = "https://idp.example",
        JwksUri = "https://idp.example/keys",
        Audience = "https://identity.example/signals/fdis_1",
        IsEnabled = true,
        PollUrl = "https://idp.example/poll",
        SealedPollToken = [1],
        CreatedAt = At,
        CreatedBy = "key_1",
        UpdatedAt = At,
        UpdatedBy = "key_1",
    };

    private static readonly TokenRevocation Revocation = new()
    {
        Id = TokenRevocationId.Wrap("rev_1"),
        OrganizationId = Organization,
        Kind = RevocationKind.Token,
        Value = "tok_1",
        IssuedBefore = 1_700_000_000,
        Reason = "leaked",
        CreatedAt = At,
        CreatedBy = "key_1",
        EndsAt = At.AddHours(1),
    };

    private static readonly ConsoleSession Session = new()
    {
        Id = "sess_1",
        OrganizationId = Organization,
        Name = "Zoë",
        CreatedAt = At,
        ProvenAt = At,
        UsedAt = At,
        ExpiresAt = At.AddHours(8),
    };

    private static readonly ReplayTag Tag = new()
    {
        HolderKind = ReplayHolderKind.DpopKey,
        Holder = 1,
        Family = "fam_1",
        Assertion = 2,
        Rule = 3,
        FirstUse = At,
    };

    private static readonly Grant Grant = new()
    {
        Rule = null!, // the event does not read it
        RuleVersion = 2,
        WorkspaceId = "wrkspc_1",
        Scope = "tunnel:agent",
        LifetimeSeconds = 600,
        Audience = "https://culvert.example",
        Family = "fam_1",
        TokenId = "tok_1",
        Source = new TokenSource
        {
            IssuerId = "iss_1",
            SubjectHash = "s",
            RootExpiresAt = 1,
        },
    };

    private static readonly FederatedAuthentication Denied = new(ByCaller, Organization)
    {
        Status = AuditStatus.Denied("audience_mismatch"),
        RuleId = "rule_1",
        RuleVersion = 2,
        IssuerId = "iss_1",
        ServiceAccountId = "svac_1",
        ClaimsJson = """{ "sub":"zo\u00eb & co",  "n":1.50 }"""u8.ToArray(),
        Form = ExchangeForm.Json,
        IsOwnToken = false,
        AssertionDigest = "0123456789abcdef",
    };

    private static readonly Webhook Webhook = new()
    {
        Id = WebhookId.Wrap("wh_1"),
        OrganizationId = Organization,
        Url = "https://hook.example/?a=1&b=2",
        CreatedAt = At,
    };

    private static readonly AgentEnrollmentRecord Agent = new()
    {
        Id = AgentId.Wrap("agt_1"),
        TunnelId = Tunnel.Id,
        InstanceId = "inst-1",
        Method = "oidc",
        Principal = "p",
        CreatedAt = At,
        LastProofAt = At,
    };

    private static readonly MachinePeer Peer = new(MachineRole.Agent, "spiffe://example/agent", "0b", At)
    {
        OrganizationId = Organization,
        TunnelId = "tnl_1",
        InstanceId = "inst-1",
    };

    private static readonly ClientAuthority ClientAuthority = new()
    {
        Id = ClientAuthorityId.Wrap("cca_1"),
        TunnelId = Tunnel.Id,
        Fingerprint = "ff03",
        CertificatePem = "",
        Identities = ["a.example", "b.example"],
        CreatedAt = At,
        ExpiresAt = At.AddYears(1),
    };

    private static readonly Hostname Hostname = new()
    {
        TunnelId = Tunnel.Id,
        Name = "wiki.example",
        State = "pending",
        CreatedAt = At,
    };

    private static readonly AcmeChallenge Challenge = new()
    {
        Id = AcmeChallengeId.Wrap("acme_1"),
        TunnelId = "tnl_1",
        InstanceId = "inst-1",
        Name = "wiki.example",
        Digest = "k1",
        CreatedAt = At,
        ExpiresAt = At.AddHours(1),
    };

    public static IEnumerable<AuditEvent> All() =>
        [
            .. Tenants(),
            .. Operations(),
            .. Tunnels(),
            .. Machines(),
            .. Servers(),
            .. Certificates(),
            .. Authorities(),
            .. Federation(),
            .. Exchanges(),
        ];

    private static IEnumerable<AuditEvent> Tenants() =>
        [
            TenantEvents.Initialized(Own, Tenant, Workspace, "https://culvert.example"),
            TenantEvents.Created(ByCaller, Tenant, Workspace),
            TenantEvents.Archived(ByCaller, Tenant),
            TenantEvents.WorkspaceCreated(ByCaller, Workspace),
            AdminKeyEvents.Created(Own, AdminKey) with
            {
                Resources = [],
            },
            AdminKeyEvents.Created(
                ByCaller,
                AdminKey with
                {
                    Role = "owner",
                    CreatedBy = "key_0",
                    Owner = new KeyOwner("https://idp.example", "zoe"),
                }
            ),
            AdminKeyEvents.Revoked(ByCaller, AdminKey, null),
            AdminKeyEvents.Revoked(ByCaller, AdminKey, "left"),
            AdminKeyEvents.Owned(ByCaller, AdminKey, new KeyOwner("https://idp.example", "zoe")),
            SessionEvents.SignedIn(Caller, Session),
            SessionEvents.SignedIn(Caller, Session with { AdminKeyId = "key_1", Roles = ["owner", "viewer"] }),
            SessionEvents.Refused(Caller, Session),
            SessionEvents.SignedOut(ByCaller, Session),
        ];

    private static IEnumerable<AuditEvent> Operations() =>
        [
            ClockEvents.Alarmed(new ClockAlarm(At, TimeSpan.FromSeconds(-3600.9))),
            ClockEvents.Confirmed(ByCaller, TimeSpan.FromSeconds(3600.9)),
            new InstallationRestored(
                Own,
                """{ "backup_made_at":"2026-01-01T00:00:00Z", "rows":2.50,"chains_end":[{"node":"Zoë & co","sequence":1}] }"""
            ),
            new SealsRotated(ByCaller, null, [], [], "the key store is locked"),
            new SealsRotated(
                ByCaller,
                2,
                [1, 2],
                [
                    new SealProgress(new SealedColumn("tunnels", "id", "token_sealed"), 3, 4, 0),
                    new SealProgress(new SealedColumn("webhooks", "id", "sealed_secret"), 0, 1, 0),
                ],
                null
            ),
            new TransparencyKeyCreated(Own, new NoteKey("log.example", [1, 2, 3])),
            SigningKeyEvents.Created(Own, "k1", At.AddDays(1), KeyCustody.Pkcs11, "requested"),
            SigningKeyEvents.Retired(Own, "k1"),
            SigningKeyEvents.Compromised(ByCaller, "k1", "k2", "stolen"),
            new JobAudited(AuditEvents.JobPaused, ByCaller, Organization, "expiry-notices", "maintenance"),
            new JobAudited(AuditEvents.JobResumed, ByCaller, Organization, "expiry-notices", null),
            new JobAudited(AuditEvents.JobRun, ByCaller, Organization, "expiry-notices", null),
            new SecretDiscarded(ByCaller, Organization, "POST", "/v1/tunnels/{id}/certificates")
            {
                Status = AuditStatus.Denied("ca.secret_in_input"),
            },
            .. new[] { AuditEvents.WebhookCreated, AuditEvents.WebhookArchived, AuditEvents.WebhookTested }.Select(
                name => new WebhookAudited(
                    name,
                    ByCaller,
                    Webhook with
                    {
                        CanDecide = name == AuditEvents.WebhookTested,
                    }
                )
            ),
            new WebhookAudited(
                AuditEvents.WebhookDeliveryFailed,
                Own,
                Webhook with
                {
                    Format = WebhookFormat.SecurityEventToken,
                    Audience = "https://hook.example",
                }
            )
            {
                Status = AuditStatus.Denied("webhook.undeliverable", "HTTP 500"),
            },
        ];

    private static IEnumerable<AuditEvent> Tunnels()
    {
        var before = new ClientRangeSet(Organization, "office", ["192.0.2.0/24"], 1, At);
        var after = before with { Ranges = ["192.0.2.0/24", "198.51.100.0/24"], Revision = 2 };
        return
        [
            TunnelEvents.Created(ByCaller, Tunnel),
            TunnelEvents.Created(ByCaller, FullTunnel),
            TunnelEvents.Updated(ByCaller, Tunnel, FullTunnel),
            TunnelEvents.Updated(ByCaller, FullTunnel, Tunnel),
            TunnelEvents.Paused(ByCaller, Tunnel, null),
            TunnelEvents.Paused(ByCaller, Tunnel, "incident"),
            TunnelEvents.Resumed(ByCaller, Tunnel, null),
            TunnelEvents.Resumed(ByCaller, Tunnel, "over"),
            TunnelEvents.Archived(ByCaller, Tunnel, null),
            TunnelEvents.Archived(ByCaller, Tunnel, "unused"),
            TunnelEvents.TokenRevealed(ByCaller, Tunnel, null),
            TunnelEvents.TokenRevealed(ByCaller, Tunnel, "lost"),
            TunnelEvents.TokenRotated(ByCaller, Tunnel, TunnelTokenId.Wrap("tnltok_2"), null),
            TunnelEvents.TokenRotated(ByCaller, Tunnel, TunnelTokenId.Wrap("tnltok_2"), "leaked"),
            RouteEvents.OwnerChanged(ByCaller, OwnedRoute, "team-b"),
            RouteEvents.Attested(ByCaller, OwnedRoute, 7, 2, null),
            RouteEvents.Attested(ByCaller, OwnedRoute, 7, 2, "reviewed"),
            RouteEvents.AttestationDue(Own, Route),
            RouteEvents.AttestationDue(Own, OwnedRoute),
            new HostnameDecided(AuditEvents.HostnameAdded, ByCaller, Organization, Hostname),
            new HostnameDecided(
                AuditEvents.HostnameActivated,
                Own,
                Organization,
                Hostname with
                {
                    State = "active",
                    ApprovedBy = "key_1",
                    CheckResult = "proven",
                }
            ),
            new HostnameDecided(AuditEvents.HostnameSuspended, ByCaller, Organization, Hostname),
            new HostnameDecided(AuditEvents.HostnameRemoved, ByCaller, Organization, Hostname),
            new AcmeChallengeDecided(AuditEvents.AcmeChallengeAnnounced, ByCaller, Organization, Challenge),
            new AcmeChallengeDecided(AuditEvents.AcmeChallengeEnded, ByCaller, Organization, Challenge),
            new AssertionIssued(
                ByCaller,
                Tunnel,
                new AssertionClaims(
                    Issuer: "https://identity.example/oauth/org_1/upstreams",
                    Subject: "spiffe://example/tunnel/tnl_1/route/wiki",
                    Audience: "api://AzureADTokenExchange",
                    TunnelId: "tnl_1",
                    Route: "wiki",
                    TokenId: "jti_1",
                    IssuedAt: At
                )
            ),
            new GitHubTokenIssued(
                ByCaller,
                Tunnel,
                "wiki",
                new GitHubAppOptions
                {
                    Name = "handbook",
                    ClientId = "Iv23liEXAMPLE",
                    KeyLabel = "github-app",
                    InstallationId = 12345678,
                    Tunnels = ["tnl_1"],
                    ApiUrl = new Uri("https://api.github.com"),
                },
                At.AddHours(1)
            ),
            ClientAuthorityEvents.Added(ByCaller, Tunnel, ClientAuthority),
            ClientAuthorityEvents.Archived(ByCaller, Tunnel, ClientAuthority, null),
            ClientAuthorityEvents.Archived(ByCaller, Tunnel, ClientAuthority, "unused"),
            RangeSetEvents.Applied(ByCaller, null, after),
            RangeSetEvents.Applied(ByCaller, before, after),
            RangeSetEvents.Removed(ByCaller, after),
        ];
    }

    private static IEnumerable<AuditEvent> Machines()
    {
        InstanceId.TryParse("inst-1", out var instance).ShouldBeTrue();
        return
        [
            EdgeEvents.Created(ByCaller, Organization, Edge),
            EdgeEvents.Changed(AuditEvents.EdgeDrained, ByCaller, Organization, Edge, null),
            EdgeEvents.Changed(AuditEvents.EdgeDrained, ByCaller, Organization, Edge, "upgrade"),
            EdgeEvents.Changed(AuditEvents.EdgeResumed, ByCaller, Organization, Edge, null),
            EdgeEvents.Changed(AuditEvents.EdgeResumed, ByCaller, Organization, Edge, "upgraded"),
            EdgeEvents.Changed(AuditEvents.EdgeArchived, ByCaller, Organization, Edge, null),
            EdgeEvents.Changed(AuditEvents.EdgeArchived, ByCaller, Organization, Edge, "replaced"),
            MachineEvents.ServedOffline(
                ByCaller,
                Edge,
                new EdgeReportGrace(LastContact: At, From: At.AddMinutes(1), To: At.AddMinutes(2))
            ),
            new AgentAudited(AuditEvents.AgentDisconnected, ByCaller, Organization, Agent, null),
            new AgentAudited(
                AuditEvents.AgentDisconnected,
                ByCaller,
                Organization,
                Agent with
                {
                    Serial = "0b",
                },
                "suspicious"
            ),
            new AgentAudited(AuditEvents.AgentRevoked, ByCaller, Organization, Agent, null),
            new AgentAudited(AuditEvents.AgentRevoked, ByCaller, Organization, Agent with { Serial = "0b" }, "stolen"),
            MachineEvents.AuditDisputed(ByCaller, Peer, "fork"),
            MachineEvents.CheckpointDisputed(ByCaller, Peer, "signature", null, null),
            MachineEvents.CheckpointDisputed(ByCaller, Peer, "rollback", 12, "ab"),
            new AgentInstanceRefused(ByCaller, Tunnel, instance!.Value)
            {
                Status = AuditStatus.Denied("enrollment.instance_taken"),
            },
        ];
    }

    private static IEnumerable<AuditEvent> Servers()
    {
        var commented = Policy with { Comment = "stricter", Reason = "agreed", State = "active" };
        return
        [
            new CallApprovalDecided(AuditEvents.CallApprovalRequested, ByCaller, Approval),
            new CallApprovalDecided(
                AuditEvents.CallApprovalApproved,
                ByCaller,
                Approval with
                {
                    State = "approved",
                    Reason = "needed",
                }
            ),
            new CallApprovalDecided(AuditEvents.CallApprovalRejected, ByCaller, Approval),
            new CallApprovalDecided(AuditEvents.CallApprovalUsed, ByCaller, Approval),
            new RoutePolicyChanged(AuditEvents.RoutePolicyDrafted, ByCaller, Policy, null),
            new RoutePolicyChanged(AuditEvents.RoutePolicyApproved, ByCaller, commented, Policy with { Id = "pol_1" }),
            new RoutePolicyChanged(AuditEvents.RoutePolicyRejected, ByCaller, Policy, null),
            new RoutePolicyChanged(AuditEvents.RoutePolicyWithdrawn, ByCaller, Policy, null),
            new RoutePolicyChanged(AuditEvents.RoutePolicyRolledBack, ByCaller, Policy, null),
        ];
    }

    private static IEnumerable<AuditEvent> Certificates()
    {
        var addition = Registered with { Pending = new PendingChange(PendingChange.Addition, "key_1", "person_1") };
        var removal = Registered with { Pending = new PendingChange(PendingChange.Removal, "key_1", "person_1") };
        var imported = new ImportedRevocationList
        {
            RegisteredCertificateId = "tcrt_1",
            TunnelId = "tnl_1",
            Revision = 1,
            Number = "12345678901234567890",
            ThisUpdate = At,
            NextUpdate = At.AddDays(7),
            Entries = 150,
            List = [],
            ImportedAt = At,
        };
        var subject = new ExpiringSubject
        {
            Type = "certificate_authority",
            Id = "ca_2",
            OrganizationId = Organization,
            Name = "acme",
            NotBefore = At,
            NotAfter = At.AddDays(30),
        };
        return
        [
            CertificateEvents.Signing(Own, Certificate),
            CertificateEvents.Signing(ByCaller, FullCertificate),
            CertificateEvents.Signed(ByCaller, FullCertificate),
            CertificateEvents.Orphaned(Own, FullCertificate, "orphaned_intent"),
            CertificateEvents.Revoked(ByCaller, Certificate, RevocationReason.KeyCompromise, null) with
            {
                OrganizationId = Organization,
            },
            CertificateEvents.Revoked(ByCaller, FullCertificate, RevocationReason.KeyCompromise, "stolen"),
            RevocationListEvents.Imported(ByCaller, Organization, imported, []),
            RevocationListEvents.Imported(
                ByCaller,
                Organization,
                imported,
                [.. Enumerable.Range(0, 102).Select(i => $"{i:x2}")]
            ),
            RevocationListEvents.Refused(
                Own,
                Organization,
                new StoredRevocationList
                {
                    CaId = "ca_2",
                    Shard = 3,
                    Number = 9,
                    Built = 9,
                    ThisUpdate = At,
                    NextUpdate = At,
                    Entries = 1,
                },
                new CaRefusal(CaErrorCodes.CrlLintFailed, "An entry vanished.")
            ),
            TunnelCertificateAudited.Added(ByCaller, Tunnel, Registered),
            TunnelCertificateAudited.Added(ByCaller, Tunnel, addition),
            TunnelCertificateAudited.ChangeRequested(ByCaller, Tunnel, addition, null),
            TunnelCertificateAudited.ChangeRequested(ByCaller, Tunnel, removal, "old"),
            TunnelCertificateAudited.Revoked(ByCaller, Tunnel, Registered, null),
            TunnelCertificateAudited.Revoked(ByCaller, Tunnel, removal, "old"),
            new ExpiryNotice(Own, subject, 30),
            new ExpiryNotice(Own, subject with { OrganizationId = null, TunnelId = "tnl_1" }, 7),
        ];
    }

    private static IEnumerable<AuditEvent> Authorities()
    {
        string[] plain =
        [
            AuditEvents.AuthorityCreated,
            AuditEvents.AuthorityKeyMade,
            AuditEvents.AuthorityRequestIssued,
            AuditEvents.AuthorityChainUploaded,
            AuditEvents.AuthorityVerified,
            AuditEvents.AuthorityRejected,
            AuditEvents.AuthorityApproved,
            AuditEvents.AuthorityStaged,
            AuditEvents.AuthorityStoodBy,
            AuditEvents.AuthorityReinstated,
            AuditEvents.AuthoritySuspended,
            AuditEvents.AuthorityResumed,
            AuditEvents.AuthorityRetired,
            AuditEvents.AuthorityWithdrawn,
            AuditEvents.AuthorityTainted,
            AuditEvents.AuthorityExpired,
            AuditEvents.AuthorityDeleted,
            AuditEvents.AuthorityRestored,
            AuditEvents.AuthorityOverridden,
            AuditEvents.AuthorityKeyDestroyed,
        ];
        return
        [
            PlatformAuthorityEvents.Created(Own, Root),
            PlatformAuthorityEvents.Created(Own, Root with { Tier = PlatformTier.Issuing }),
            PlatformAuthorityEvents.RootChanged(
                AuditEvents.PlatformRootStaged,
                ByCaller,
                Root with
                {
                    State = RootState.Staged,
                },
                2,
                reason: "yearly",
                link: new PlatformLink("ca_1", "ca_0", Root.Certificate)
            ),
            PlatformAuthorityEvents.RootChanged(
                AuditEvents.PlatformRootActivated,
                ByCaller,
                Root,
                2,
                overridden: ["agt_1", "edge_1"]
            ),
            PlatformAuthorityEvents.RootChanged(
                AuditEvents.PlatformRootRolledBack,
                ByCaller,
                Root,
                3,
                reason: "mistake"
            ),
            PlatformAuthorityEvents.RootChanged(
                AuditEvents.PlatformRootRetired,
                Own,
                Root with
                {
                    State = RootState.Retired,
                },
                3
            ),
            RelyingPartyEvents.Changed(AuditEvents.RelyingPartyCreated, ByCaller, Party, null),
            RelyingPartyEvents.Changed(
                AuditEvents.RelyingPartyArchived,
                ByCaller,
                Party with
                {
                    ServiceAccountId = "svac_1",
                },
                "unused"
            ),
            RelyingPartyEvents.Acknowledged(ByCaller, Party, 5, true),
            RelyingPartyEvents.Acknowledged(ByCaller, Party, 5, false),
            .. plain.Select(name => new AuthorityAudited(name, Own, Authority, Reason: null)),
            new AuthorityAudited(AuditEvents.AuthorityOverridden, ByCaller, FullAuthority, "incident"),
            new AuthorityAudited(
                AuditEvents.AuthorityActivated,
                ByCaller,
                FullAuthority,
                "planned",
                From: AuthorityState.Staged,
                Override: Forced with
                {
                    By = "key_3",
                    Reason = "urgent",
                },
                Overridden:
                [
                    new ActivationBlocker(ActivationBlockerKind.ArchivedRelyingParty, "rp_1", At, 4),
                    new ActivationBlocker(ActivationBlockerKind.Propagation, "node_1", At, 5),
                ],
                Waived: AuthorityGuards.Acknowledged | AuthorityGuards.RegistrationLives,
                Retired: Authority with
                {
                    Id = CertificateAuthorityId.Wrap("ca_0"),
                }
            ),
        ];
    }

    private static IEnumerable<AuditEvent> Federation()
    {
        var full = Issuer with
        {
            KeySource = new UrlKeySource("https://idp.example/keys?a=1&b=2", "PEM"),
            Preset = "github",
            Tenancy = IssuerTenancy.Shared,
            ReplayMode = ReplayMode.Off,
            Types = ["JWT"],
            SingleAudience = true,
            AllowMissingKid = true,
            AllowNonAscii = true,
            CallerDetail = CallerDetail.Claim,
            StaleOkSeconds = 60,
            HardExpirySeconds = 3600,
            AllowedTargets = [AllowedTarget.Parse("10.0.0.0/8:443"), AllowedTarget.Parse("192.0.2.0/24:8443")],
            Version = 7,
        };
        var fullRule = Rule with
        {
            Match = new RuleMatch
            {
                Subject = "repo:acme/*",
                SubjectSegments = "a/b",
                Audience = "https://culvert.example",
                Claims = [new("environment", "prod"), new("a&b", "c\"d")],
                Matchers =
                [
                    new ClaimMatcher(
                        ClaimPath.TopLevel("ref"),
                        MatchOperator.Prefix,
                        [MatchValue.From("refs/heads/é&")]
                    ),
                    new ClaimMatcher(
                        ClaimPath.From(["a", "b"]),
                        MatchOperator.In,
                        [MatchValue.From("x"), MatchValue.From(5), MatchValue.From(true)]
                    ),
                ],
                Condition = "claims.x > 1 && true",
            },
            Scopes = ["tunnel:agent", "edge:serve"],
            AppliesToAllWorkspaces = false,
            WorkspaceIds = ["wrkspc_1", "wrkspc_2"],
            TunnelIds = ["tnl_1"],
            EdgeIds = ["edge_1"],
            ActorIds = ["svac_2"],
            ClientIds = ["ocl_1"],
            State = RuleState.Audit,
            Bind = RuleBind.Mtls,
            ExpiresAt = At.AddDays(90),
            Version = 3,
            EnforcedVersion = 2,
        };
        var enforced = Rule with { EnforcedVersion = Rule.Version };
        var kid = KillOrder.Read(new KillRequest { Kid = "k1", Reason = "leaked" }).Value!;
        var all = KillOrder.Read(new KillRequest { KeySet = true, Reason = "breach" }).Value!;
        var verified = new VerificationDocument(
            IssuerId: null,
            Accepted: false,
            ErrorCode: "fetch.refused",
            Message: null,
            KeySource: "discovery",
            Fetches: [],
            Keys: [],
            AddedKeyIds: null,
            RemovedKeyIds: null,
            ReplacedKeyIds: null,
            FreshForSeconds: null
        );
        return
        [
            IssuerEvents.Changed(AuditEvents.FederationIssuerCreated, ByCaller, Issuer),
            IssuerEvents.Changed(AuditEvents.FederationIssuerUpdated, ByCaller, full),
            IssuerEvents.Changed(AuditEvents.FederationIssuerArchived, ByCaller, Issuer),
            new IssuerKeysChanged(Own, Issuer, new KeyChange(Keys(), [], [Keys()[1]])),
            IssuerEvents.Killed(AuditEvents.IssuerKeysKilled, ByCaller, Issuer, kid, ["t1", "t2"]),
            IssuerEvents.Killed(AuditEvents.IssuerKeysRestored, ByCaller, Issuer, all, []),
            IssuerEvents.Polling(
                AuditEvents.IssuerPollDegraded,
                Own,
                Issuer,
                KeyState.StaleOk,
                3,
                "timeout",
                At.AddHours(-1)
            ),
            IssuerEvents.Polling(
                AuditEvents.IssuerPollPaused,
                Own,
                Issuer,
                KeyState.StaleOk,
                3,
                "timeout",
                At.AddHours(-1)
            ),
            IssuerEvents.Polling(
                AuditEvents.IssuerPollResumed,
                Own,
                Issuer,
                KeyState.StaleOk,
                3,
                "timeout",
                At.AddHours(-1)
            ),
            IssuerEvents.Polling(AuditEvents.IssuerPollRecovered, Own, Issuer, KeyState.Empty, 0, null, null),
            IssuerEvents.Verified(
                ByCaller,
                Issuer,
                verified with
                {
                    IssuerId = "iss_1",
                    Accepted = true,
                    ErrorCode = null,
                    Fetches = [Fetch("https://idp.example/a"), Fetch("https://idp.example/b")],
                }
            ),
            IssuerEvents.Verified(ByCaller, Issuer, verified),
            new RuleAudited(AuditEvents.FederationRuleCreated, ByCaller, Rule, []),
            new RuleAudited(
                AuditEvents.FederationRuleUpdated,
                ByCaller,
                fullRule,
                [Lint.Warning("wide", "wide"), Lint.Warning("old", "old")],
                LintJustification: "intended",
                Reason: "ticket 7"
            ),
            new RuleAudited(AuditEvents.FederationRuleApproved, ByCaller, enforced, [], Reason: "read"),
            new RuleAudited(AuditEvents.FederationRuleRejected, ByCaller, enforced, [], Reason: "too much"),
            new RuleAudited(AuditEvents.FederationRuleArchived, ByCaller, Rule, []),
            new RuleAudited(
                AuditEvents.FederationRuleWorkspaceAdded,
                ByCaller,
                Rule,
                [Lint.Warning("wide", "wide")],
                WorkspaceId: "wrkspc_1"
            ),
            new RuleAudited(AuditEvents.FederationRuleWorkspaceRemoved, ByCaller, Rule, [], WorkspaceId: "wrkspc_1"),
            new RuleSimulated(ByCaller, Organization, "claims", null, null, null),
            new RuleSimulated(ByCaller, Organization, "event", "rule_1", "iss_1", "allow"),
            new ServiceAccountAudited(AuditEvents.ServiceAccountCreated, ByCaller, Account),
            new ServiceAccountAudited(AuditEvents.ServiceAccountUpdated, ByCaller, Account),
            new ServiceAccountAudited(AuditEvents.ServiceAccountArchived, ByCaller, Account, "unused"),
            new MembershipAudited(
                AuditEvents.ServiceAccountMemberAdded,
                ByCaller,
                Organization,
                Member(WorkspaceRole.Developer)
            ),
            new MembershipAudited(
                AuditEvents.ServiceAccountMemberUpdated,
                ByCaller,
                Organization,
                Member(WorkspaceRole.Admin),
                WorkspaceRole.User
            ),
            new MembershipAudited(
                AuditEvents.ServiceAccountMemberRemoved,
                ByCaller,
                Organization,
                Member(WorkspaceRole.User)
            ),
        ];
    }

    private static IEnumerable<AuditEvent> Exchanges()
    {
        var reasons = new Dictionary<RefusalKey, long>
        {
            [new RefusalKey(Organization, "rule_2", "iss_1", DenialReason.KidUnknown, "192.0.2.1")] = 2,
            [new RefusalKey(Organization, "rule_1", "iss_1", DenialReason.SignatureInvalid, "192.0.2.1")] = 3,
            [new RefusalKey(Organization, "rule_1", "iss_1", DenialReason.AlgNotAllowed, "192.0.2.1")] = 1,
        };
        return
        [
            Denied,
            Denied with
            {
                RequestedServiceAccountId = "svac_1",
                AssertionId = "jti-1",
                Form = ExchangeForm.TokenExchange,
                IsOwnToken = true,
                TraceDigest = "ab12",
                Trial = new CandidateTrial(3, null),
                Status = AuditStatus.Denied("claim_mismatch", "claim <env>"),
            },
            Denied with
            {
                Status = AuditStatus.Success,
                Form = ExchangeForm.JwtBearer,
                Grant = Grant,
                Trial = new CandidateTrial(3, new Denial(DenialReason.ClaimMismatch, "env")),
            },
            Denied with
            {
                Status = AuditStatus.Success,
                Form = ExchangeForm.TokenExchange,
                Grant = Grant with
                {
                    Confirmation = new TokenConfirmation { KeyThumbprint = "jk" },
                    Actor = new TokenActor("svac_2", null, new TokenActor("svac_3")),
                    IsReissue = true,
                },
            },
            Denied with
            {
                Status = AuditStatus.Success,
                Form = ExchangeForm.Certificate,
                Grant = Grant with { Confirmation = new TokenConfirmation { CertificateThumbprint = "xt" } },
            },
            new UnprovenRefusalsCounted(Own, Organization, [.. reasons]),
            new ReplayDetected(ByCaller, Organization, "rule_1", "iss_1", "window", null, Tag, Tag),
            new ReplayDetected(
                ByCaller,
                Organization,
                "rule_1",
                "iss_1",
                "single_use",
                "jti-1",
                Tag,
                Tag with
                {
                    HolderKind = ReplayHolderKind.Address,
                    Assertion = 9,
                }
            ),
            new PersonOffBoarded(
                ByCaller,
                new OffBoardingRequest(
                    new PersonKey(Organization, "fdis_1", "ada"),
                    OffBoardingSource.Operator,
                    "has left"
                ),
                Revocation with
                {
                    Kind = RevocationKind.Subject,
                },
                [new("admin_keys", 1), new("console_sessions", 2)]
            ),
            ScimEvents.SettingsUpdated(ByCaller, new ScimDirectory(Organization, "fdis_1", SubjectAttribute.UserName)),
            ScimEvents.Changed(AuditEvents.ScimUserCreated, ByCaller, ScimUser),
            ScimEvents.Changed(AuditEvents.ScimUserUpdated, ByCaller, ScimUser with { Version = 2 }),
            ScimEvents.Changed(AuditEvents.ScimUserDeleted, ByCaller, ScimUser with { Subject = null }),
            ScimEvents.Changed(AuditEvents.ScimGroupCreated, ByCaller, ScimGroup),
            ScimEvents.Changed(AuditEvents.ScimGroupUpdated, ByCaller, ScimGroup with { Version = 2 }),
            ScimEvents.Changed(AuditEvents.ScimGroupDeleted, ByCaller, ScimGroup with { Version = 3 }),
            new SignalStreamAudited(AuditEvents.SignalStreamSet, ByCaller, Stream),
            new SignalStreamAudited(AuditEvents.SignalStreamRemoved, ByCaller, Stream),
            new SignalReceived(
                ByCaller,
                Stream,
                "jti-1",
                new SignalEffect(["account-disabled"], null, At, SignalEffect.UnknownSubject)
            ),
            AuthorizationEvents.SignedIn(ByCaller, SignIn),
            AuthorizationEvents.SignInDenied(
                ByCaller,
                Organization,
                new AuthorizationRequest
                {
                    ClientId = "ocl_1",
                    RedirectUri = "https://client.example/callback",
                    Challenge = "",
                    Resource = SignIn.Resource,
                    Scopes = ["files.read"],
                },
                "no_rule"
            ),
            AuthorizationEvents.TokenIssued(ByCaller, SignIn, "authorization_code", "jti-1", "files.read"),
            AuthorizationEvents.TokenIssued(ByCaller, SignIn, "refresh_token", null, null, "token_revoked"),
            AuthorizationEvents.AssertionRedeemed(ByCaller, Presented, "rule_1", Grant),
            AuthorizationEvents.AssertionRedeemed(
                ByCaller,
                Presented with
                {
                    AssertionId = null,
                    Terms = null,
                },
                ruleId: null,
                grant: null,
                "jti_invalid"
            ),
            AuthorizationEvents.RefreshReused(ByCaller, SignIn),
            AuthorizationEvents.GrantRevoked(ByCaller, SignIn, "by its holder"),
            new OAuthClientAudited(AuditEvents.OAuthClientCreated, ByCaller, Client),
            new OAuthClientAudited(AuditEvents.OAuthClientUpdated, ByCaller, Client with { Version = 2 }),
            new OAuthClientAudited(AuditEvents.OAuthClientArchived, ByCaller, Client with { Version = 3 }, "unused"),
            new OAuthClientAudited(
                AuditEvents.OAuthClientCreated,
                ByCaller,
                Client with
                {
                    RegisteredBy = RegisteredBy.Client,
                }
            ),
            new OAuthClientsRemoved(AuditOrigin.System(At), Organization, 3, At),
            ConnectionEvents.Changed(AuditEvents.ConnectionCreated, ByCaller, Connection),
            ConnectionEvents.Changed(
                AuditEvents.ConnectionUpdated,
                ByCaller,
                Connection with
                {
                    Version = 2,
                },
                replacesSecret: true
            ),
            ConnectionEvents.Changed(AuditEvents.ConnectionArchived, ByCaller, Connection, "unused"),
            ConnectionEvents.Granted(ByCaller, Connection, ConnectionGrant),
            ConnectionEvents.TokenIssued(ByCaller, Connection, ConnectionGrant, isRefreshed: true),
            ConnectionEvents.GrantEnded(ByCaller, ConnectionGrant, "by_administrator", "lost laptop"),
            ConnectionEvents.RevokedUpstream(AuditOrigin.System(At), ConnectionGrant, "revoked"),
            new TokenRevoked(ByCaller, Organization, Revocation),
            new TokenRevoked(
                ByCaller,
                Organization,
                Revocation with
                {
                    Kind = RevocationKind.Principal,
                    Value = "svac_1",
                }
            ),
        ];
    }

    private static Membership Member(WorkspaceRole role) => new(Account.Id, Workspace.Id, role, At, CreatedBy: null);

    private static ParsedCertificate ReadCertificate()
    {
        var pem = File.ReadAllText(CheckoutFolder.GetPath("tests/Identity.Service.Tests/Events/authority.pem"));
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return ParsedCertificate.TryParse(certificate.RawData)!;
    }

    // The keys of RFC 7515 A.3 and RFC 7517 A.1, one of them without a name.
    private static IReadOnlyList<VerificationKey> Keys()
    {
        JwkSet.TryParse(
            """
            {"keys":[
            {"kty":"EC","crv":"P-256","kid":"k&1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
            {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}
            """u8.ToArray(),
            out var set
        );
        return set!.Keys;
    }

    private static VerifiedFetchDocument Fetch(string url) =>
        new(
            Field: "jwks_uri",
            Url: url,
            Addresses: [],
            ConnectedTo: null,
            TlsProtocol: null,
            CertificateSha256: null,
            CertificateSubject: null,
            CertificateIssuer: null,
            CertificateNotAfter: null,
            Status: 200,
            ContentType: null,
            ErrorCode: null,
            Message: null
        );
}
