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
/// Answers requests (RFC 6960). The state of a certificate is read from the store each time, so that a revocation shows in
/// the next answer of every node; signed answers are kept, and reused while they still say what the store says.
/// </summary>
/// <remarks>
/// Kept are answers about one issued certificate without a nonce: their number is bounded by what was issued, and by
/// <see cref="MaxKept"/>. Everything else is signed for the occasion, within <c>limits.ocsp_signatures</c>.
/// </remarks>
internal sealed class OcspResponder(
    OcspAuthorities authorities,
    OcspResponders responders,
    RevocationStore store,
    SigningQueue queue,
    ClockGuard clock,
    Current<CertificateOptions> certificateOptions,
    Current<LimitOptions> limits,
    TimeProvider time,
    LimitShares shares
) : IDisposable
{
    /// <summary>Kept answers; each is about a kilobyte.</summary>
    private const int MaxKept = 16_384;

    // One bucket: the key is always the same.
    private readonly KeyedRateLimiter<int> signatures = new(
        () => limits.Value.OcspSignatures,
        time,
        shares: shares,
        name: "ocsp_signatures"
    );

    private readonly MemoryCache kept = new(new MemoryCacheOptions { SizeLimit = MaxKept });

    /// <summary>The answer to a request, whatever its bytes are.</summary>
    /// <param name="name">The authority's, from the path.</param>
    /// <param name="encoded">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<OcspAnswer> AnswerAsync(
        string name,
        ReadOnlyMemory<byte> encoded,
        CancellationToken cancellationToken
    )
    {
        if (ParsedOcspRequest.TryParse(encoded) is not { } request)
        {
            return OcspAnswer.Refused(OcspResult.MalformedRequest);
        }

        // RFC 6960 §2.3: who does not know the issuer says so unsigned. The answers to several certificates have one
        // signature, which only one authority can vouch for.
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

        return request.Nonce is null && statuses is [{ State: not OcspState.Unknown } only]
            ? await ReuseAsync(authority, only, cancellationToken)
            : await SignAsync(authority, statuses, request.Nonce, cancellationToken)
                ?? OcspAnswer.Refused(OcspResult.TryLater);
    }

    public void Dispose() => kept.Dispose();

    private async ValueTask<OcspStatus> FindStatusAsync(
        OcspAuthority authority,
        OcspCertificateId certificate,
        CancellationToken cancellationToken
    )
    {
        // No other text is a serial number of the service: it need not be looked for.
        if (
            !SerialNumber.TryParse(certificate.SerialHex, out var serial)
            || await store.FindStandingAsync(authority.Signing.CaId, serial.Hex, cancellationToken) is not { } standing
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
        CancellationToken cancellationToken
    )
    {
        var key = status.Certificate.Key;
        var now = time.GetUtcNow();
        var present =
            kept.TryGetValue(key, out OcspAnswer? found) && Says(found!, status) && now < found!.NextUpdate
                ? found
                : null;
        if (present is not null)
        {
            // Of a life that was shortened since, too.
            var (life, longest) = (present.NextUpdate - present.ThisUpdate, certificateOptions.Value.OcspLife);
            if (now < present.ThisUpdate + ((life < longest ? life : longest) / 2))
            {
                return present;
            }
        }

        // An answer in the second half of its life is better than none.
        if (await SignAsync(authority, [status], nonce: null, cancellationToken) is not { } signed)
        {
            return present ?? OcspAnswer.Refused(OcspResult.TryLater);
        }

        var shared = signed with { IsShared = true };
        kept.Set(key, shared, new MemoryCacheEntryOptions { Size = 1 });
        return shared;
    }

    private static bool Says(OcspAnswer answer, OcspStatus status) =>
        answer.Statuses is [var said]
        && said.State == status.State
        && said.RevokedAt == status.RevokedAt
        && said.Reason == status.Reason;

    /// <summary>Null = not now: the limit is reached, or no key can sign.</summary>
    private async ValueTask<OcspAnswer?> SignAsync(
        OcspAuthority authority,
        IReadOnlyList<OcspStatus> statuses,
        ReadOnlyMemory<byte>? nonce,
        CancellationToken cancellationToken
    )
    {
        // An answer from the future would be believed until then.
        if (
            signatures.TryTake(0) is not null
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
