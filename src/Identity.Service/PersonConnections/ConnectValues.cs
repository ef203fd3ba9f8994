using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Console.Sessions;

namespace Culvert.Identity.Service.PersonConnections;

/// <summary>What the browser carries between the steps, sealed and bound to it and to the organization.</summary>
internal sealed class ConnectValues(SealedValues values, TimeProvider time)
{
    private const string RequestPurpose = "connect_person";
    private const string StatePurpose = "connect_state";

    public string Seal(string organizationId, ConsoleCookie browser, ConnectRequest request) =>
        values.Seal(
            RequestPurpose,
            AuthorizeEndpoints.Bind(organizationId, browser),
            request,
            PersonConnectionsJson.Default.ConnectRequest
        );

    public string Seal(string organizationId, ConsoleCookie browser, ConnectState state) =>
        values.Seal(
            StatePurpose,
            AuthorizeEndpoints.Bind(organizationId, browser),
            state,
            PersonConnectionsJson.Default.ConnectState
        );

    /// <summary>Null if it is of another browser or organization, or expired.</summary>
    public ConnectRequest? OpenRequest(string organizationId, ConsoleCookie browser, string? text) =>
        values.Open(
            RequestPurpose,
            AuthorizeEndpoints.Bind(organizationId, browser),
            text,
            PersonConnectionsJson.Default.ConnectRequest
        )
            is { } request
        && IsLive(request.ExpiresAt)
            ? request
            : null;

    /// <summary>Null if it is of another browser or organization, or expired.</summary>
    public ConnectState? OpenState(string organizationId, ConsoleCookie browser, string? text) =>
        values.Open(
            StatePurpose,
            AuthorizeEndpoints.Bind(organizationId, browser),
            text,
            PersonConnectionsJson.Default.ConnectState
        )
            is { } state
        && IsLive(state.ExpiresAt)
            ? state
            : null;

    private bool IsLive(long expiresAt) => time.GetUtcNow() < DateTimeOffset.FromUnixTimeSeconds(expiresAt);
}
