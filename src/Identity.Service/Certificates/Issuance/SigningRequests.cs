using System.Text.Json.Serialization.Metadata;
using Culvert.Ca.Requests;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The first step of every endpoint that certifies a key, before any lookup: bounded body, strict JSON, one signing
/// request with its proof of possession.
/// </summary>
internal static class SigningRequests
{
    public const int MaxBodyBytes = 64 * 1024;

    public static ValueTask<Result<(T Body, ProvenRequest Proven)>> ReadAsync<T>(
        ApiRequest request,
        JsonTypeInfo<T> type,
        Func<T, string> csrOf,
        CancellationToken cancellationToken
    )
        where T : class => ReadAsync(request, type, csrOf, check: null, cancellationToken);

    /// <summary>For a body that may contain an assertion: without it and without a credential, nothing is read.</summary>
    public static ValueTask<Result<(T Body, ProvenRequest Proven)>> ReadAssertedAsync<T>(
        ApiRequest request,
        JsonTypeInfo<T> type,
        Func<T, string> csrOf,
        CancellationToken cancellationToken
    )
        where T : AssertedRequest =>
        ReadAsync(
            request,
            type,
            csrOf,
            body => request.HasCaller || body.Span.IndexOf("\"assertion\""u8) >= 0 ? null : AuthErrors.Missing.Refuse(),
            cancellationToken
        );

    private static async ValueTask<Result<(T Body, ProvenRequest Proven)>> ReadAsync<T>(
        ApiRequest request,
        JsonTypeInfo<T> type,
        Func<T, string> csrOf,
        Func<ReadOnlyMemory<byte>, Refusal?>? check,
        CancellationToken cancellationToken
    )
        where T : class
    {
        if (ReadIdempotencyKey(request.Http, out var header) is { } badHeader)
        {
            return badHeader;
        }

        var body = await request.ReadJsonAsync(type, cancellationToken, MaxBodyBytes, check);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var csr = csrOf(body.Value);
        var parsed = SigningRequestParser.Parse(csr);
        return parsed.Succeeded
            ? (body.Value, new ProvenRequest(parsed.Value, csr, header))
            : parsed.Refusal.ToRefusal();
    }

    // Null: the header is well-formed or absent.
    private static Refusal? ReadIdempotencyKey(HttpContext http, out string? header)
    {
        header = null;
        var values = http.Request.Headers[IdempotencyKey.Header];
        if (values.Count == 0)
        {
            return null;
        }

        if (values is [{ Length: > 0 and <= IdempotencyKey.MaxLength } only] && only.All(c => c is >= ' ' and <= '~'))
        {
            header = only;
            return null;
        }

        return RequestErrors.Invalid.Refuse("Idempotency-Key: one value of 1 to 255 printable ASCII characters.");
    }
}
