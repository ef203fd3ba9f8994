using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Certificates;
using Culvert.Platform.Net;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Access;

/// <summary>
/// Decides which roots authenticate the public API before any secret is sent (S7): those of a file, a pinned platform
/// root, or the system's roots. There is no trust on first use, and the check cannot be disabled.
/// </summary>
public sealed class FirstTrust(IdentityOptions options, TimeProvider time, TimeProvider? networkTime = null)
{
    private const string PlatformCaPath = "/v1/platform_ca";

    // A root found by its fingerprint cannot become invalid, so it is kept for the life of the process.
    private X509Certificate2? pinned;

    public async Task<ApiResult<SslClientAuthenticationOptions>> GetAsync(CancellationToken cancellationToken)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = time.GetUtcNow().UtcDateTime,
        };
        if (options.CaSha256.Length > 0)
        {
            var root = await GetPinnedAsync(cancellationToken);
            if (!root.IsSuccess)
            {
                return root.Failure;
            }

            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.Add(root.Value);
        }
        else if (options.CaFile.Length > 0)
        {
            if (ReadFile() is not { } roots)
            {
                return Failure($"identity.ca_file {options.CaFile} contains no readable certificates.");
            }

            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots.ToArray());
        }
        else
        {
            SystemRoots.AddTo(policy, options.Network.CaBundle);
        }

        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    private IReadOnlyList<X509Certificate2>? ReadFile()
    {
        try
        {
            return CertificatePem.TryRead(File.ReadAllText(options.CaFile), out var roots) ? roots : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<ApiResult<X509Certificate2>> GetPinnedAsync(CancellationToken cancellationToken)
    {
        if (pinned is not null)
        {
            return pinned;
        }

        var answer = await FetchAsync(cancellationToken);
        if (!answer.IsSuccess)
        {
            return answer.Failure;
        }

        // After a change of root the service may send several roots. Only the pinned one counts.
        CertificatePem.TryRead(answer.Value.CertificatePem, out var offered);
        pinned = offered?.FirstOrDefault(IsPinned);
        if (pinned is not null)
        {
            return pinned;
        }

        var found = offered is null ? "no certificate" : CertificateNames.Fingerprint(offered[0]);
        return Failure($"identity.ca_sha256 is {options.CaSha256}, but {options.Url.Authority} offers {found}.");
    }

    // Uses a separate connection that carries no secret. The fingerprint authenticates the answer.
    private async Task<ApiResult<PlatformCaDocument>> FetchAsync(CancellationToken cancellationToken)
    {
        var unverified = new SslClientAuthenticationOptions
        {
            // The server is not authenticated yet: URLs in its certificate are untrusted and are not followed.
            CertificateChainPolicy = new X509ChainPolicy
            {
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        };
        using var channel = new ApiChannel(options.Url, unverified, time, networkTime ?? time, options.NetworkInForce);
        var call = new ApiCall(HttpMethod.Get, PlatformCaPath);
        return await channel.SendAsync(call, WireJson.Default.PlatformCaDocument, cancellationToken);
    }

    private bool IsPinned(X509Certificate2 certificate) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(certificate.RawDataMemory.Span),
            Convert.FromHexString(options.CaSha256)
        );

    private static ApiFailure Failure(string message) =>
        new()
        {
            Kind = ApiFailureKind.Untrusted,
            Operation = "first trust",
            Message = message,
        };
}
