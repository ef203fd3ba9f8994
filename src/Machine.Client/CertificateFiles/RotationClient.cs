using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>The public API for a rotation job, with an access token of the scope <c>certificate:issue</c>.</summary>
public sealed class RotationClient(
    IdentityOptions options,
    FirstTrust trust,
    IProofSource proofs,
    TimeProvider time,
    TimeProvider? networkTime = null
)
{
    private const int Unauthorized = 401;

    public Task<ApiResult<ServerCertificateDocument>> IssueAsync(
        string tunnelId,
        PendingRequest request,
        CancellationToken cancellationToken
    )
    {
        var wanted = new ServerCertificateRequest { TunnelId = tunnelId, Csr = request.Csr };
        var call = new ApiCall(HttpMethod.Post, "/v1/certificates") { IdempotencyKey = request.IdempotencyKey };
        return RepeatAsync(
            fresh =>
                proofs.UseAsync(
                    fresh,
                    proof =>
                        SendAsync(
                            call with
                            {
                                Body = JsonSerializer.SerializeToUtf8Bytes(
                                    options.Assert(wanted, proof),
                                    WireJson.Default.ServerCertificateRequest
                                ),
                            },
                            proof,
                            WireJson.Default.ServerCertificateDocument,
                            cancellationToken
                        ),
                    cancellationToken
                ),
            cancellationToken
        );
    }

    /// <summary>Gets the current bundle and the service's renewal advice for a certificate.</summary>
    public Task<ApiResult<RenewalAdvice>> AdviseAsync(
        string tunnelId,
        string? serial,
        CancellationToken cancellationToken
    )
    {
        var query = $"?tunnel_id={Uri.EscapeDataString(tunnelId)}";
        query += serial is null ? "" : $"&serial={Uri.EscapeDataString(serial)}";
        var call = new ApiCall(HttpMethod.Get, "/v1/certificates/renewal" + query);
        return RepeatAsync(
            async fresh =>
            {
                var proof = await proofs.GetAsync(fresh, cancellationToken);
                return proof.IsSuccess
                    ? await SendAsync(call, proof.Value, WireJson.Default.RenewalAdvice, cancellationToken)
                    : proof.Failure;
            },
            cancellationToken
        );
    }

    // A cached token may have been revoked. A fresh one shows whether the permission itself is gone.
    private async Task<ApiResult<T>> RepeatAsync<T>(Func<bool, Task<ApiResult<T>>> send, CancellationToken ct)
        where T : class
    {
        var answer = await send(false);
        if (answer.Failure is not { Kind: ApiFailureKind.Refused, Status: Unauthorized })
        {
            return answer;
        }

        await proofs.ForgetAsync(ct);
        return await send(true);
    }

    private async Task<ApiResult<T>> SendAsync<T>(ApiCall call, Proof proof, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        var tls = await trust.GetAsync(ct);
        if (!tls.IsSuccess)
        {
            return tls.Failure;
        }

        using var channel = new ApiChannel(options.Url, tls.Value, time, networkTime ?? time, options.NetworkInForce);
        return await channel.SendAsync(call.Prove(proof), type, ct);
    }
}
