using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Access;

/// <summary>
/// The public API (8443) for machines without a certificate. Calls are an hour apart: each opens a connection.
/// </summary>
public sealed class IdentityClient(
    IdentityOptions options,
    FirstTrust trust,
    TimeProvider time,
    TimeProvider? networkTime = null
)
{
    private const int MaxShownType = 40;

    /// <summary>The service's clock minus this machine's at the last answer; null before the first.</summary>
    public TimeSpan? ClockOffset { get; private set; }

    /// <summary>RFC 7523 §2.1. The token is bound to a key (RFC 9449 §5) unless the rule disables that.</summary>
    public async Task<ApiResult<TokenResponse>> ExchangeAsync(
        string assertion,
        BindingKey binding,
        CancellationToken cancellationToken
    )
    {
        var request = new TokenRequest(
            Assertion: assertion,
            FederationRuleId: options.RuleId,
            OrganizationId: options.OrganizationId,
            ServiceAccountId: options.ServiceAccountIdOrNull,
            WorkspaceId: options.WorkspaceIdOrNull
        );
        // Without a rule the token belongs to a person, and that person's roles apply.
        var post =
            options.RuleId.Length > 0
                ? Post("/v1/oauth/token", request, WireJson.Default.TokenRequest)
                : Post("/v1/sign_in", new PersonSignInRequest(assertion), WireJson.Default.PersonSignInRequest);
        var call = post with { Secret = assertion, Binding = binding };
        var answer = await SendAsync(call, WireJson.Default.TokenResponse, cancellationToken);
        return answer.IsSuccess && !AccessToken.IsKnownType(answer.Value.TokenType)
            ? new ApiFailure
            {
                Kind = ApiFailureKind.Malformed,
                Operation = call.Name,
                Message =
                    $"The response's token_type is \"{ConfigText.Printable(answer.Value.TokenType, MaxShownType)}\"; only Bearer and DPoP can be used.",
            }
            : answer;
    }

    /// <summary>Checks whether the service answers and is trusted; null when it does. Sends no credential.</summary>
    public async Task<ApiFailure?> ProbeAsync(CancellationToken cancellationToken)
    {
        var tls = await trust.GetAsync(cancellationToken);
        if (!tls.IsSuccess)
        {
            return tls.Failure;
        }

        using var channel = new ApiChannel(options.Url, tls.Value, time, networkTime ?? time, options.NetworkInForce);
        var answer = await channel.SendAsync(new ApiCall(HttpMethod.Get, "/healthz"), cancellationToken);
        ClockOffset = channel.ClockOffset ?? ClockOffset;
        return answer.Failure;
    }

    public Task<ApiResult<MachineEnrollment>> EnrolAgentAsync(
        AgentEnrollmentRequest request,
        string idempotencyKey,
        Proof proof,
        CancellationToken cancellationToken
    ) =>
        EnrolAsync(
            Post("/v1/agent/enrollments", options.Assert(request, proof), WireJson.Default.AgentEnrollmentRequest),
            idempotencyKey,
            proof,
            cancellationToken
        );

    public Task<ApiResult<MachineEnrollment>> EnrolEdgeAsync(
        EdgeEnrollmentRequest request,
        string idempotencyKey,
        Proof proof,
        CancellationToken cancellationToken
    ) =>
        EnrolAsync(
            Post("/v1/edge/enrollments", options.Assert(request, proof), WireJson.Default.EdgeEnrollmentRequest),
            idempotencyKey,
            proof,
            cancellationToken
        );

    private Task<ApiResult<MachineEnrollment>> EnrolAsync(
        ApiCall post,
        string idempotencyKey,
        Proof proof,
        CancellationToken cancellationToken
    ) =>
        SendAsync(
            post.Prove(proof) with
            {
                IdempotencyKey = idempotencyKey,
            },
            WireJson.Default.MachineEnrollment,
            cancellationToken
        );

    private async Task<ApiResult<T>> SendAsync<T>(ApiCall call, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        var tls = await trust.GetAsync(ct);
        if (!tls.IsSuccess)
        {
            return tls.Failure;
        }

        using var channel = new ApiChannel(options.Url, tls.Value, time, networkTime ?? time, options.NetworkInForce);
        var result = await channel.SendAsync(call, type, ct);
        ClockOffset = channel.ClockOffset ?? ClockOffset;
        return result;
    }

    private static ApiCall Post<T>(string path, T body, JsonTypeInfo<T> type) =>
        new(HttpMethod.Post, path) { Body = JsonSerializer.SerializeToUtf8Bytes(body, type) };
}
