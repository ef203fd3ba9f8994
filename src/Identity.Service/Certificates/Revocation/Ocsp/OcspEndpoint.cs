using Culvert.Ca.Revocation.Ocsp;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Telemetry;
using Microsoft.Net.Http.Headers;

namespace Culvert.Identity.Service.Certificates.Revocation.Ocsp;

/// <summary>
/// <c>POST /v1/ocsp/{ca_id}</c> and <c>GET /v1/ocsp/{ca_id}/{base64}</c> (RFC 6960 appendix A, RFC 5019 §5), for every
/// caller. Clients read the OCSP status, so refusals are OCSP answers with status 200 too; only the limit per address
/// answers 429.
/// </summary>
internal sealed class OcspEndpoint(OcspResponder responder, SharedLimits limits, TimeProvider time)
{
    // Short compared with the answer's validity, as for lists, so that clients see a revocation soon.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    // Limits all addresses together, besides each one (S31). One bucket: the key is always the same.
    private readonly KeyedRateLimiter<int> total = limits.Create<int>("ocsp_total", options => options.OcspTotal);

    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var isRequest =
            MediaTypeHeaderValue.TryParse(request.Http.Request.ContentType, out var type)
            && type.MediaType.Equals(OcspAnswers.RequestType, StringComparison.OrdinalIgnoreCase);
        var encoded = isRequest
            ? await RequestBody.ReadBytesAsync(request.Http, ParsedOcspRequest.MaxBytes, cancellationToken)
            : null;
        return ToBody(await AnswerAsync(request, encoded, cancellationToken));
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(request, Decode(request.Route("request")), cancellationToken);
        var isKnown =
            answer.IsShared
            && request
                .Http.Request.GetTypedHeaders()
                .IfNoneMatch.Any(tag => tag == EntityTagHeaderValue.Any || tag.Tag == answer.Tag);
        return isKnown ? ApiAnswer.NotModified : ToBody(answer);
    }

    private static ApiAnswer ToBody(OcspAnswer answer) => ApiAnswer.Raw(answer.Bytes, OcspAnswers.AnswerType);

    // Some clients escape the slashes of base64 and some do not; the routing keeps %2F as it is.
    private static byte[]? Decode(string escaped)
    {
        var text = Uri.UnescapeDataString(escaped);
        var bytes = new byte[ParsedOcspRequest.MaxBytes];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private async ValueTask<OcspAnswer> AnswerAsync(
        ApiRequest request,
        byte[]? encoded,
        CancellationToken cancellationToken
    )
    {
        var answer =
            total.TryTake(0) is not null ? OcspAnswer.Refused(OcspResult.TryLater)
            : encoded is null ? OcspAnswer.Refused(OcspResult.MalformedRequest)
            : await responder.AnswerAsync(request.Route("ca_id"), encoded, request.Source, cancellationToken);
        Count(answer);
        Describe(request.Http.Response, answer);
        return answer;
    }

    // RFC 5019 §6.2. An answer that was signed for one caller, or may change a moment later, must not be cached for others.
    private void Describe(HttpResponse response, OcspAnswer answer)
    {
        var headers = response.GetTypedHeaders();
        if (!answer.IsShared)
        {
            headers.CacheControl = new CacheControlHeaderValue { NoStore = true };
            return;
        }

        var now = time.GetUtcNow();
        var left = answer.NextUpdate - now;
        var age = left < MaxAge ? left : MaxAge;
        headers.CacheControl = new CacheControlHeaderValue
        {
            Public = true,
            MaxAge = age,
            NoTransform = true,
            MustRevalidate = true,
        };
        headers.LastModified = answer.ThisUpdate;
        headers.Expires = now + age;
        response.Headers.ETag = answer.Tag;
    }

    private static void Count(OcspAnswer answer)
    {
        if (answer.Result != OcspResult.Successful)
        {
            Add(
                answer.Result switch
                {
                    OcspResult.MalformedRequest => "malformed_request",
                    OcspResult.Unauthorized => "unauthorized",
                    _ => "try_later",
                }
            );
        }

        foreach (var status in answer.Statuses)
        {
            Add(
                status.State switch
                {
                    OcspState.Good => "good",
                    OcspState.Revoked => "revoked",
                    _ => "unknown",
                }
            );
        }

        static void Add(string status) =>
            ServiceMeters.OcspAnswers.Add(1, new KeyValuePair<string, object?>("status", status));
    }
}
