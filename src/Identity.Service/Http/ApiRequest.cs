using System.Net;
using System.Text.Json.Serialization.Metadata;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Http;

internal sealed class ApiRequest(HttpContext http)
{
    private Caller? caller;
    private MachinePeer? peer;

    public HttpContext Http => http;

    /// <summary><c>req_…</c>, also in the answer's header.</summary>
    public string RequestId { get; } = RequestIdentity.Get(http);

    /// <summary>The source address of the TCP connection; IPv4-mapped addresses are normalised.</summary>
    public IPAddress Source { get; } = GetSource(http);

    /// <summary>Whether the caller is authenticated; checked by endpoints that also accept an assertion.</summary>
    public bool HasCaller => caller is not null;

    public Caller Caller => caller ?? throw new InvalidOperationException("This endpoint authenticates no caller.");

    public MachinePeer Peer => peer ?? throw new InvalidOperationException("This endpoint knows no machine.");

    /// <summary>What decisions of the caller are audited with.</summary>
    public AuditCause Cause => new(AuditActor.From(this), RequestId);

    /// <summary>The authenticated caller or machine; null = unauthenticated.</summary>
    public AuditActor? ProvenActor =>
        caller is not null ? AuditActor.From(this)
        : peer is not null ? AuditActor.From(peer, this)
        : null;

    /// <summary>The caller's organization; null for machines, whose record contains it.</summary>
    public string? OrganizationId => caller?.OrganizationId;

    public string? UserAgent => http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null;

    public string Route(string name) => (string?)http.Request.RouteValues[name] ?? "";

    public string? Query(string name) => http.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>Reads a strict JSON body (see <see cref="RequestBody"/>).</summary>
    public ValueTask<Result<T>> ReadJsonAsync<T>(
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken,
        int maxBytes = RequestBody.MaxBytes,
        Func<ReadOnlyMemory<byte>, Refusal?>? check = null
    )
        where T : class => RequestBody.ReadJsonAsync(http, type, cancellationToken, maxBytes, check);

    /// <summary>Like <see cref="ReadJsonAsync"/>, but an absent body reads as <paramref name="empty"/>.</summary>
    public ValueTask<Result<T>> ReadJsonOrEmptyAsync<T>(
        JsonTypeInfo<T> type,
        T empty,
        CancellationToken cancellationToken
    )
        where T : class => RequestBody.ReadJsonOrEmptyAsync(http, type, empty, cancellationToken);

    public void SetCaller(Caller value)
    {
        caller = value;
        RequestIdentity.SetTenant(http, value.OrganizationId, value.WorkspaceId);
    }

    public void SetPeer(MachinePeer value) => peer = value;

    private static IPAddress GetSource(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
