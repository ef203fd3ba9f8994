using System.Net;
using Culvert.Ca.Orders;
using Culvert.Ca.Revocation;
using Culvert.Ca.Revocation.Ocsp;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Telemetry;
using Microsoft.Extensions.Caching.Memory;

namespace Culvert.Identity.Service.Certificates.Revocation.Ocsp;

/// <summary>
/// Answers OCSP requests (RFC 6960). The state of a certificate is read from the store each time, so that the next
/// answer of every node shows a revocation; signed answers are cached, and reused while they match the store.
/// </summary>
/// <remarks>
/// Answers about one certificate without a nonce are cached; those about serial numbers that were never issued have a
/// separate cache, because any client can name as many as it likes. All other answers are signed per request. All
/// signatures of an authority are within <c>limits.ocsp_signatures</c>. Those that any client can cause without limit get
/// a part of it, and each address a part of that part, so that issued certificates are still answered for.
/// </remarks>
internal sealed class OcspResponder(
    OcspAuthorities authorities,
    OcspResponders responders,
    RevocationStore store,
    SigningQueue queue,
    ClockGuard clock,
    Current<CertificateOptions> certificateOptions,
    SharedLimits limits,
    TimeProvider time
) : IDisposable
{
    /// <summary>Maximum number of cached answers; each is about a kilobyte.</summary>
    private const int MaxCachedAnswers = 16_384;

    /// <summary>Maximum number of cached answers about serial numbers that were never issued.</summary>
    private const int MaxCachedUnknownAnswers = 1_024;

    // Divisors of the limit for nonces, several certificates and unknown serial numbers: for all addresses, and for one.
    private const int OccasionalPart = 2;
    private const int AddressPart = 10;

    // Each authority has its own bucket: a flood of requests about one does not affect the others.
    private readonly KeyedRateLimiter<string> signatures = limits.Create<string>(
        "ocsp_signatures",
        options => options.OcspSignatures
    );

    private readonly KeyedRateLimiter<string> occasional = limits.Create<string>(
        "ocsp_occasional",
        options => Divide(options.OcspSignatures, OccasionalPart)
    );

    private readonly SourceRateLimiter occasionalOfAddress = limits.CreatePerSource(
        "ocsp_occasional_per_address",
        options => Divide(options.OcspSignatures, AddressPart)
    );

    private readonly MemoryCache answers = new(new MemoryCacheOptions { SizeLimit = MaxCachedAnswers });
    private readonly MemoryCache unknownAnswers = new(new MemoryCacheOptions { SizeLimit = MaxCachedUnknownAnswers });

    public async ValueTask<OcspAnswer> AnswerAsync(
        string name,
        ReadOnlyMemory<byte> encoded,
        IPAddress source,
        CancellationToken cancellationToken
    )
    {
        if (ParsedOcspRequest.TryParse(encoded) is not { } request)
        {
            return OcspAnswer.Refused(OcspResult.MalformedRequest);
        }

        // RFC 6960 §2.3: a responder that does not know the issuer answers unsigned. One authority signs for all
        // certificates.
        if (
            await authorities.FindAsync(name, cancellationToken) is not { } authority
            || !request.Certificates.All(certificate => certificate.HasIssuer(authority.Signing.Issuer))
        )
        {
            return OcspAnswer.Refused(OcspResult.Unauthorized);
        }

        List<OcspStatus> statuses = [];
        foreach (var certificate in request.Certificates)
        {
            statuses.Add(await FindStatusAsync(authority, certificate, cancellationToken));
        }

        if (request.Nonce is null && statuses is [var only])
        {
            return await ReuseAsync(authority, only, source, cancellationToken);
        }

        return
            MaySignOccasional(authority, source)
            && await SignAsync(authority, statuses, request.Nonce, cancellationToken) is { } signed
            ? signed
            : OcspAnswer.Refused(OcspResult.TryLater);
    }

    public void Dispose()
    {
        answers.Dispose();
        unknownAnswers.Dispose();
    }

    private static RateLimit Divide(RateLimit limit, int parts) =>
        limit with
        {
            Count = Math.Max(1, limit.Count / parts),
        };

    private bool MaySignOccasional(OcspAuthority authority, IPAddress source) =>
        occasionalOfAddress.TryTake(source) is null && occasional.TryTake(authority.Name) is null;

    private async ValueTask<OcspStatus> FindStatusAsync(
        OcspAuthority authority,
        OcspCertificateId certificate,
        CancellationToken cancellationToken
    )
    {
        // No other text is a serial number of the service, so it is not looked up.
        if (
            !SerialNumber.TryParse(certificate.SerialHex, out var serial)
            || await store.FindStatusAsync(authority.Signing.CaId, serial.Hex, cancellationToken) is not { } standing
        )
        {
            return new OcspStatus(certificate, OcspState.Unknown);
        }

        return standing.RevokedAt is { } at
            ? new OcspStatus(
                certificate,
                OcspState.Revoked,
                DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()),
                standing.Reason ?? RevocationReason.Unspecified
            )
            : new OcspStatus(certificate, OcspState.Good);
    }

    private async ValueTask<OcspAnswer> ReuseAsync(
        OcspAuthority authority,
        OcspStatus status,
        IPAddress source,
        CancellationToken cancellationToken
    )
    {
        var isIssued = status.State != OcspState.Unknown;
        var cache = isIssued ? answers : unknownAnswers;
        var key = status.Certificate.Key;
        var now = time.GetUtcNow();
        var present =
            cache.TryGetValue(key, out OcspAnswer? found) && HasStatus(found!, status) && now < found!.NextUpdate
                ? found
                : null;
        if (present is not null)
        {
            // Also covers a validity that was shortened since.
            var (life, longest) = (present.NextUpdate - present.ThisUpdate, certificateOptions.Value.OcspLife);
            if (now < present.ThisUpdate + ((life < longest ? life : longest) / 2))
            {
                return present;
            }
        }

        // RFC 5019 §2.2.3: a responder that has no record of a certificate may answer so, unsigned.
        if (!isIssued && !MaySignOccasional(authority, source))
        {
            return present ?? OcspAnswer.Refused(OcspResult.Unauthorized);
        }

        // An answer in the second half of its validity is better than none.
        if (await SignAsync(authority, [status], nonce: null, cancellationToken) is not { } signed)
        {
            return present ?? OcspAnswer.Refused(OcspResult.TryLater);
        }

        // The serial number may be issued a moment later: HTTP caches must not store that it is unknown.
        var shared = signed with
        {
            IsShared = isIssued,
        };
        cache.Set(key, shared, new MemoryCacheEntryOptions { Size = 1 });
        return shared;
    }

    private static bool HasStatus(OcspAnswer answer, OcspStatus status) =>
        answer.Statuses is [var said]
        && said.State == status.State
        && said.RevokedAt == status.RevokedAt
        && said.Reason == status.Reason;

    /// <summary>Null: the limit is reached, or no key can sign.</summary>
    private async ValueTask<OcspAnswer?> SignAsync(
        OcspAuthority authority,
        IReadOnlyList<OcspStatus> statuses,
        ReadOnlyMemory<byte>? nonce,
        CancellationToken cancellationToken
    )
    {
        // Clients would accept an answer from the future until that time.
        if (
            signatures.TryTake(authority.Name) is not null
            || clock.Check() is not null
            || await responders.FindAsync(authority, cancellationToken) is not { } signer
        )
        {
            return null;
        }

        var thisUpdate = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var nextUpdate = thisUpdate + certificateOptions.Value.OcspLife;
        nextUpdate = nextUpdate < signer.NotAfter ? nextUpdate : signer.NotAfter;
        var signed = await queue.SignAsync(
            () => OcspAnswers.Sign(statuses, signer, thisUpdate, nextUpdate, nonce),
            signer.IsRemote
        );
        if (!signed.Succeeded)
        {
            return null;
        }

        ServiceMeters.OcspSignatures.Add(1);
        return new OcspAnswer(signed.Value, OcspResult.Successful)
        {
            Statuses = statuses,
            ThisUpdate = thisUpdate,
            NextUpdate = nextUpdate,
        };
    }
}
