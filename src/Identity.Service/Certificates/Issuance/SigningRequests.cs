using System.Text.Json.Serialization.Metadata;
using Culvert.Ca.Requests;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The first beat of every endpoint that certifies a key: bounded body, strict JSON, one signing request with its proof
/// of possession. All of it before anything is looked up.
/// </summary>
internal static class SigningRequests
{
    /// <summary>The largest body of a request for a certificate.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    public static async ValueTask<(T? Body, ProvenRequest? Proven, Refusal? Refusal)> ReadAsync<T>(
        ApiRequest request,
        JsonTypeInfo<T> type,
        Func<T, string> csrOf,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var (header, badHeader) = ReadIdempotencyKey(request.Http);
        if (badHeader is not null)
        {
            return (null, null, badHeader);
        }

        var body = await request.ReadJsonAsync(type, cancellationToken, MaxBodyBytes);
        if (body.Value is not { } value)
        {
            return (null, null, body.Refusal);
        }

        var csr = csrOf(value);
        var parsed = SigningRequestParser.Parse(csr);
        return parsed.Succeeded
            ? (value, new ProvenRequest(parsed.Value, csr, header), null)
            : (null, null, parsed.Refusal.ToRefusal());
    }

    private static (string? Header, Refusal? Refusal) ReadIdempotencyKey(HttpContext http)
    {
        var values = http.Request.Headers[IdempotencyKey.Header];
        if (values.Count == 0)
        {
            return (null, null);
        }

        return values is [{ Length: > 0 and <= IdempotencyKey.MaxLength } only] && only.All(c => c is >= ' ' and <= '~')
            ? (only, null)
            : (
                null,
                RequestErrors.Invalid.Refuse("Idempotency-Key: one value of 1 to 255 printable ASCII characters.")
            );
    }
}
