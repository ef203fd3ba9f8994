using System.Net;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>Reads the answer to a pushed security event token (RFC 8935 §2.2, §2.3).</summary>
internal static class PushAnswer
{
    // The receiver may not have fetched a key that signs since a moment: the next attempt has a signature of its own.
    private const string InvalidKey = "invalid_key";

    /// <param name="host">The receiver's name.</param>
    /// <param name="status">The answer's status, even if its body was not accepted; null = there was none.</param>
    /// <returns>Null if the receiver accepted the token.</returns>
    public static SendFailure? Read(FetchResult result, string host, int? status) =>
        // RFC 8935 requires 202; receivers behind a gateway answer with another success.
        status is >= 200 and < 300
            ? null
        : !result.IsSuccess ? new SendFailure(result.Detail)
        : result.Status == HttpStatusCode.BadRequest && ReadRefusal(result.Body) is { } refusal ? refusal
        : new SendFailure($"{host} answered with status {status}.");

    private static SendFailure? ReadRefusal(ReadOnlyMemory<byte> body)
    {
        if (
            ClaimSet.TryParse(body, out var members) != JoseRefusal.None
            || members!.FindString("err"u8) is not { Length: > 0 } code
        )
        {
            return null;
        }

        var description = members.FindString("description"u8) is { Length: > 0 } text
            ? $": {UntrustedText.Bounded(text)}"
            : "";
        return new SendFailure(
            $"The receiver refused the token with {UntrustedText.Bounded(code)}{description}",
            IsFinal: code != InvalidKey
        );
    }
}
