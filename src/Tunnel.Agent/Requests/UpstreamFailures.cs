namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The failures between the agent and an upstream.</summary>
internal static class UpstreamFailures
{
    public static readonly Failure AddressRefused = Failures.Get("policy.address_refused");
    public static readonly Failure Busy = Failures.Get("upstream.busy");
    public static readonly Failure NameUnresolved = Failures.Get("upstream.name_unresolved");
    public static readonly Failure ConnectFailed = Failures.Get("upstream.connect_failed");
    public static readonly Failure ProxyFailed = Failures.Get("upstream.proxy_failed");
    public static readonly Failure ConnectTimeout = Failures.Get("upstream.connect_timeout");
    public static readonly Failure TlsFailed = Failures.Get("upstream.tls_failed");
    public static readonly Failure HeadersTimeout = Failures.Get("upstream.headers_timeout");
    public static readonly Failure Closed = Failures.Get("upstream.closed");
    public static readonly Failure BadResponse = Failures.Get("upstream.bad_response");
    public static readonly Failure HeadersTooLarge = Failures.Get("upstream.headers_too_large");
    public static readonly Failure InnerAddress = Failures.Get("upstream.inner_address");
    public static readonly Failure MetadataUnusable = Failures.Get("upstream.metadata_unusable");
    public static readonly Failure CredentialUnavailable = Failures.Get("agent.credential_unavailable");
    public static readonly Failure ConnectionRequired = Failures.Get("agent.connection_required");
    public static readonly Failure CredentialRefused = Failures.Get("upstream.credential_refused");

    /// <summary>Whether the failure occurs before any byte of the request is sent to the upstream.</summary>
    public static bool IsBeforeSending(Failure failure) =>
        failure.Reason == AddressRefused.Reason
        || failure.Reason == Busy.Reason
        || failure.Reason == NameUnresolved.Reason
        || failure.Reason == ConnectFailed.Reason
        || failure.Reason == ConnectTimeout.Reason
        || failure.Reason == CredentialUnavailable.Reason
        || failure.Reason == ConnectionRequired.Reason;
}
