using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Maps problem documents of a CA (RFC 8555 §6.7, RFC 9457) to the agent's reasons.</summary>
internal static class AcmeProblem
{
    private const string Prefix = "urn:ietf:params:acme:error:";

    // The CA's text is shown in logs and on pages, so its length is bounded.
    private const int MaxDetail = 400;

    /// <summary>True for the only refusal that the agent retries at once (RFC 8555 §6.5).</summary>
    public static bool IsBadNonce(ReadOnlyMemory<byte> body) => GetErrorType(Read(body)) == "badNonce";

    /// <param name="what">What was requested, for people.</param>
    /// <param name="body">The response body; any bytes.</param>
    public static AcmeException ToException(string what, int status, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        var problem = Read(body);
        return problem.ValueKind == JsonValueKind.Object
            ? ToException(what, problem, status, retryAfter)
            : new AcmeException(GetReason("", status), $"{what}: status {status}.", retryAfter);
    }

    /// <summary>Maps the <c>error</c> member of an order or challenge.</summary>
    public static AcmeException ToException(
        string what,
        JsonElement problem,
        int status = 0,
        TimeSpan? retryAfter = null
    )
    {
        // A compound problem has the problem of each name in "subproblems" (§6.7.1); an order here has one name.
        var one =
            problem.TryGetProperty("subproblems", out var below)
            && below.ValueKind == JsonValueKind.Array
            && below.GetArrayLength() > 0
            && below[0].ValueKind == JsonValueKind.Object
            && GetErrorType(problem) is "compound" or ""
                ? below[0]
                : problem;
        return new AcmeException(
            GetReason(GetErrorType(one), status),
            $"{what}: {Printable(Text(one, "detail") ?? Text(problem, "detail") ?? $"status {status}")}",
            retryAfter
        );
    }

    private static AcmeReason GetReason(string type, int status) =>
        type switch
        {
            "badNonce" => AcmeReason.BadNonce,
            "rateLimited" => AcmeReason.RateLimited,
            "accountDoesNotExist" => AcmeReason.AccountUnknown,
            "unauthorized" => AcmeReason.AccountRefused,
            "externalAccountRequired" => AcmeReason.ExternalAccount,
            "userActionRequired" => AcmeReason.UserActionRequired,
            "invalidContact" or "unsupportedContact" => AcmeReason.Contact,
            "rejectedIdentifier" or "unsupportedIdentifier" => AcmeReason.RejectedIdentifier,
            "caa" => AcmeReason.CaaForbids,
            "connection" => AcmeReason.Connection,
            "dns" => AcmeReason.Dns,
            "tls" => AcmeReason.Tls,
            "incorrectResponse" => AcmeReason.IncorrectResponse,
            "badCSR" or "badPublicKey" => AcmeReason.BadRequest,
            "serverInternal" => AcmeReason.ServerInternal,
            "" when status is 429 => AcmeReason.RateLimited,
            "" when status is 408 or >= 500 => AcmeReason.ServerInternal,
            _ => AcmeReason.Refused,
        };

    private static JsonElement Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static string GetErrorType(JsonElement problem) =>
        Text(problem, "type") is { } type && type.StartsWith(Prefix, StringComparison.Ordinal)
            ? type[Prefix.Length..]
            : "";

    private static string? Text(JsonElement element, string name) =>
        AcmeText.TryRead(element, name, out var text) ? text : null;

    private static string Printable(string text)
    {
        var safe = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxDetail)))
        {
            safe.Append(c is >= ' ' and <= '~' ? c : ' ');
        }

        return safe.ToString();
    }
}
