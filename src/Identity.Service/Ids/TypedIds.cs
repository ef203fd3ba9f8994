namespace Culvert.Identity.Service.Ids;

internal readonly record struct AcmeChallengeId(string Value) : IIdentifier<AcmeChallengeId>
{
    public static string Prefix => "acmc";

    public override string ToString() => Value;
}

internal readonly record struct AdminKeyId(string Value) : IIdentifier<AdminKeyId>
{
    public static string Prefix => "key";

    public override string ToString() => Value;
}

internal readonly record struct AgentId(string Value) : IIdentifier<AgentId>
{
    public static string Prefix => "agt";

    public override string ToString() => Value;
}

internal readonly record struct CallApprovalId(string Value) : IIdentifier<CallApprovalId>
{
    public static string Prefix => "appr";

    public override string ToString() => Value;
}

internal readonly record struct CertificateAuthorityId(string Value) : IIdentifier<CertificateAuthorityId>
{
    public static string Prefix => "ca";

    public override string ToString() => Value;
}

/// <summary>An issued certificate: <c>cert_01</c> and 22 base-62 characters.</summary>
internal readonly record struct CertificateId(string Value) : IIdentifier<CertificateId>
{
    public static string Prefix => "cert";

    public override string ToString() => Value;
}

internal readonly record struct ClientAuthorityId(string Value) : IIdentifier<ClientAuthorityId>
{
    public static string Prefix => "clca";

    public override string ToString() => Value;
}

internal readonly record struct EdgeId(string Value) : IIdentifier<EdgeId>
{
    public static string Prefix => "edge";

    public override string ToString() => Value;
}

internal readonly record struct IssuerId(string Value) : IIdentifier<IssuerId>
{
    public static string Prefix => "fdis";

    public override string ToString() => Value;
}

internal readonly record struct RegisteredCertificateId(string Value) : IIdentifier<RegisteredCertificateId>
{
    public static string Prefix => "tcrt";

    public override string ToString() => Value;
}

internal readonly record struct ConnectionId(string Value) : IIdentifier<ConnectionId>
{
    public static string Prefix => "conn";

    public override string ToString() => Value;
}

internal readonly record struct ConnectionGrantId(string Value) : IIdentifier<ConnectionGrantId>
{
    public static string Prefix => "cgrt";

    public override string ToString() => Value;
}

internal readonly record struct OAuthClientId(string Value) : IIdentifier<OAuthClientId>
{
    public static string Prefix => "ocl";

    public override string ToString() => Value;
}

internal readonly record struct RelyingPartyId(string Value) : IIdentifier<RelyingPartyId>
{
    public static string Prefix => "rp";

    public override string ToString() => Value;
}

internal readonly record struct RoutePolicyId(string Value) : IIdentifier<RoutePolicyId>
{
    public static string Prefix => "pol";

    public override string ToString() => Value;
}

internal readonly record struct RuleId(string Value) : IIdentifier<RuleId>
{
    public static string Prefix => "fdrl";

    public override string ToString() => Value;
}

internal readonly record struct ServiceAccountId(string Value) : IIdentifier<ServiceAccountId>
{
    public static string Prefix => "svac";

    public override string ToString() => Value;
}

internal readonly record struct TokenRevocationId(string Value) : IIdentifier<TokenRevocationId>
{
    public static string Prefix => "trev";

    public override string ToString() => Value;
}

internal readonly record struct TunnelId(string Value) : IIdentifier<TunnelId>
{
    public static string Prefix => "tnl";

    public override string ToString() => Value;
}

/// <summary>The current value of a tunnel's token: <c>ttok_01</c> and 22 base-62 characters.</summary>
internal readonly record struct TunnelTokenId(string Value) : IIdentifier<TunnelTokenId>
{
    public static string Prefix => "ttok";

    public override string ToString() => Value;
}

internal readonly record struct WebhookId(string Value) : IIdentifier<WebhookId>
{
    public static string Prefix => "hook";

    public override string ToString() => Value;
}

internal readonly record struct WorkspaceId(string Value) : IIdentifier<WorkspaceId>
{
    public static string Prefix => "wrkspc";

    public override string ToString() => Value;
}
